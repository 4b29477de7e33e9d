// Layered layout from left to right, or downwards: places boxes of known sizes so that edges are short and rarely cross.
//
// Ranks by the longest path to the end, order within a rank by barycentres, heights by least squares: after Sugiyama,
// Tagawa and Toda, "Methods for visual understanding of hierarchical system structures", 1981.

/**
 * @typedef {object} Item
 * @property {number} width
 * @property {number} height
 */

/**
 * A link from one item to another; `port` is its position on the other's side, from 0 at the top, or at the left, to 1.
 * @typedef {{from: number, to: number, port: number}} Link
 */

/**
 * @typedef {object} Layout
 * @property {number[]} x the left side of each item
 * @property {number[]} y the top of each item
 * @property {number} width
 * @property {number} height
 * @property {Map<number, [number, number][]>} bends the points in between of links that pass other ranks, by index
 */

/**
 * The direction of a picture: from left to right, or downwards in rows that are at most as wide as the room.
 * @typedef {{down: boolean, room: number}} Way
 */

/** @type {Way} */
export const ACROSS = { down: false, room: Infinity };

const BETWEEN = 14;
/** The gap between ranks for a label beside a link: its width or, in a picture that goes downwards, its height. */
const BETWEEN_RANKS = { across: 40, down: 28 };
const SWEEPS = 8;
const MOST_BENDS = 4000;

/**
 * @typedef {object} Cell an item, or the point where a long link passes a rank
 * @property {number} rank
 * @property {number} width
 * @property {number} height
 * @property {number} y its middle
 * @property {{cell: Cell, at: number, there: number}[]} before its links to the left, with the positions at both ends
 * @property {{cell: Cell, at: number, there: number}[]} after
 */

/**
 * @param {Item[]} items
 * @param {Link[]} links
 * @param {Way} way
 * @returns {Layout}
 */
export function laidOut(items, links, { down, room } = ACROSS) {
  if (!down) return ranked(items, links, room, BETWEEN_RANKS.across);
  const turned = ranked(
    items.map(({ width, height }) => ({ width: height, height: width })),
    links,
    room,
    BETWEEN_RANKS.down,
  );
  /** @type {Map<number, [number, number][]>} */
  const bends = new Map();
  for (const [link, points] of turned.bends)
    bends.set(
      link,
      points.map(([x, y]) => [y, x]),
    );
  return { x: turned.y, y: turned.x, width: turned.height, height: turned.width, bends };
}

/**
 * From left to right.
 * @param {Item[]} items
 * @param {Link[]} links
 * @param {number} room the most height of a rank
 * @param {number} gap the least width between ranks
 * @returns {Layout}
 */
function ranked(items, links, room, gap) {
  const forward = withoutCircles(items.length, links);
  const ranks = divided(items, forward, rankOf(items.length, forward), room);
  const cells = items.map((item, i) => cellOf(ranks[i], item.width, item.height));
  const bends = chained(cells, links, forward, ranks);
  const rows = ordered(cells, bends.flat(), forward);
  for (let sweep = 0; sweep < SWEEPS; sweep++) untangle(rows, sweep % 2 === 0);
  const left = placedX(rows, gap);
  placeY(rows);
  if (room < Infinity) drawTogether(rows, room);
  return measured(cells, rows, left, bends);
}

/**
 * @param {number} rank
 * @param {number} width
 * @param {number} height
 * @returns {Cell}
 */
function cellOf(rank, width, height) {
  return { rank, width, height, y: 0, before: [], after: [] };
}

/**
 * Reverses links that would close a cycle, as between boxes of a recurrent network.
 * @param {number} count
 * @param {Link[]} links
 * @returns {Link[]}
 */
function withoutCircles(count, links) {
  /** @type {number[][]} */
  const next = Array.from({ length: count }, () => []);
  links.forEach((link, i) => {
    next[link.from].push(i);
  });
  const state = new Uint8Array(count);
  const turned = new Uint8Array(links.length);
  for (let root = 0; root < count; root++) {
    if (state[root]) continue;
    const path = [{ item: root, k: 0 }];
    state[root] = 1;
    while (path.length) {
      const top = path[path.length - 1];
      if (top.k === next[top.item].length) {
        state[top.item] = 2;
        path.pop();
        continue;
      }
      const i = next[top.item][top.k++];
      const to = links[i].to;
      if (state[to] === 1) turned[i] = 1;
      else if (!state[to]) {
        state[to] = 1;
        path.push({ item: to, k: 0 });
      }
    }
  }
  return links.map((link, i) => (turned[i] ? { from: link.to, to: link.from, port: 0.5 } : link));
}

/**
 * The rank of each item: as far right as its users allow.
 * @param {number} count
 * @param {Link[]} links
 */
function rankOf(count, links) {
  /** @type {number[][]} */
  const before = Array.from({ length: count }, () => []);
  const waiting = new Int32Array(count);
  for (const { from, to } of links) {
    before[to].push(from);
    waiting[from]++;
  }
  const toEnd = new Int32Array(count);
  const ready = [];
  for (let i = 0; i < count; i++) if (!waiting[i]) ready.push(i);
  for (let item = ready.pop(); item !== undefined; item = ready.pop()) {
    for (const from of before[item]) {
      toEnd[from] = Math.max(toEnd[from], toEnd[item] + 1);
      if (--waiting[from] === 0) ready.push(from);
    }
  }
  const longest = toEnd.reduce((x, y) => Math.max(x, y), 0);
  return Array.from(toEnd, (distance) => longest - distance);
}

/**
 * The ranks, with those that are higher than the room divided into several.
 * @param {Item[]} items
 * @param {Link[]} links
 * @param {number[]} ranks
 * @param {number} room
 */
function divided(items, links, ranks, room) {
  if (room === Infinity) return ranks;
  const cells = items.map((item, i) => cellOf(ranks[i], item.width, item.height));
  chained(cells, links, links, ranks);
  const index = new Map(cells.map((cell, i) => [cell, i]));
  const found = ranks.slice();
  let next = 0;
  for (const row of ordered(cells, [], links)) {
    let free = room;
    for (const cell of row) {
      const i = index.get(cell);
      if (i === undefined) continue;
      if (free < cell.height && free < room) {
        next++;
        free = room;
      }
      free -= cell.height + BETWEEN;
      found[i] = next;
    }
    next++;
  }
  return found;
}

/**
 * Links cells to their neighbours, through new cells in each rank that a link passes; returns each link's new cells.
 * @param {Cell[]} cells
 * @param {Link[]} links as they are drawn
 * @param {Link[]} forward the same, without backward links
 * @param {number[]} ranks
 */
function chained(cells, links, forward, ranks) {
  const passed = forward.reduce((sum, { from, to }) => sum + ranks[to] - ranks[from] - 1, 0);
  return links.map((_, i) => {
    const { from, to, port } = forward[i];
    /** @type {Cell[]} */
    const chain = [];
    if (passed <= MOST_BENDS) {
      for (let rank = ranks[from] + 1; rank < ranks[to]; rank++) chain.push(cellOf(rank, 0, 4));
    }
    const whole = [cells[from], ...chain, cells[to]];
    for (let k = 1; k < whole.length; k++) {
      const there = k === whole.length - 1 ? (port - 0.5) * cells[to].height : 0;
      whole[k - 1].after.push({ cell: whole[k], at: 0, there });
      whole[k].before.push({ cell: whole[k - 1], at: there, there: 0 });
    }
    return chain;
  });
}

/**
 * The ranks, with cells in the order in which they are reached from the end, and operands in order.
 * @param {Cell[]} cells
 * @param {Cell[]} bends
 * @param {Link[]} links
 */
function ordered(cells, bends, links) {
  const last = Math.max(0, ...cells.map((cell) => cell.rank));
  /** @type {Cell[][]} */
  const rows = Array.from({ length: last + 1 }, () => []);
  const met = new Set();
  const ends = new Set(cells.keys());
  for (const { from } of links) ends.delete(from);
  const pending = [...Array.from(ends, (i) => cells[i]).reverse()];
  const rest = [...cells, ...bends];
  for (let i = 0; pending.length || i < rest.length; ) {
    const cell = pending.pop() ?? rest[i++];
    if (met.has(cell)) continue;
    met.add(cell);
    rows[cell.rank].push(cell);
    const operands = cell.before.slice().reverse();
    operands.sort((a, b) => b.at - a.at);
    for (const { cell: operand } of operands) pending.push(operand);
  }
  return rows;
}

/**
 * Orders each rank by the positions of its neighbours on one side, and keeps the order if fewer links cross.
 * @param {Cell[][]} rows
 * @param {boolean} rightwards
 */
function untangle(rows, rightwards) {
  const indexes = rightwards ? rows.keys() : [...rows.keys()].reverse();
  for (const i of indexes) {
    const row = rows[i];
    if (row.length < 2) continue;
    const places = [rows[i - 1], rows[i + 1]].map((other) => new Map(other?.map((cell, k) => [cell, k])));
    const before = crossings(row, places);
    const wanted = new Map(row.map((cell, k) => [cell, barycentre(cell, places, rightwards) ?? k]));
    const sorted = row.slice().sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    if (crossings(sorted, places) < before) rows[i] = sorted;
  }
}

/**
 * @param {Cell} cell
 * @param {Map<Cell, number>[]} places the positions in the ranks before and after
 * @param {boolean} rightwards
 */
function barycentre(cell, places, rightwards) {
  const neighbours = rightwards ? cell.before : cell.after;
  const where = places[rightwards ? 0 : 1];
  const known = neighbours.filter((end) => where.has(end.cell));
  if (!known.length) return null;
  return known.reduce((sum, end) => sum + (where.get(end.cell) ?? 0) + end.there / 1000, 0) / known.length;
}

/**
 * The number of crossings of a rank's links, on both sides.
 * @param {Cell[]} row
 * @param {Map<Cell, number>[]} places
 */
function crossings(row, places) {
  let count = 0;
  places.forEach((where, side) => {
    /** @type {number[]} */
    const ends = [];
    for (const cell of row) {
      const here = (side ? cell.after : cell.before).filter((end) => where.has(end.cell));
      const mine = here.sort((a, b) => a.at - b.at).map((end) => (where.get(end.cell) ?? 0) + end.there / 1000);
      ends.push(...(side ? mine.sort((a, b) => a - b) : mine));
    }
    count += inversions(ends);
  });
  return count;
}

/**
 * The number of inversions in a list, by merge sort.
 * @param {number[]} numbers
 * @returns {number}
 */
function inversions(numbers) {
  if (numbers.length < 2) return 0;
  const middle = numbers.length >> 1;
  const left = numbers.slice(0, middle);
  const right = numbers.slice(middle);
  let count = inversions(left) + inversions(right);
  for (let i = 0, j = 0, k = 0; k < numbers.length; k++) {
    if (j === right.length || (i < left.length && left[i] <= right[j])) numbers[k] = left[i++];
    else {
      numbers[k] = right[j++];
      count += left.length - i;
    }
  }
  return count;
}

/**
 * The left edge of each rank.
 * @param {Cell[][]} rows
 * @param {number} gap
 */
function placedX(rows, gap) {
  const left = [0];
  for (const row of rows) {
    const links = row.reduce((sum, cell) => sum + cell.after.length, 0);
    const room = gap + Math.min(50, links);
    left.push(left[left.length - 1] + Math.max(0, ...row.map((cell) => cell.width)) + room);
  }
  return left;
}

/**
 * Gives each cell a height near its neighbours', in the same order, by least squares.
 * @param {Cell[][]} rows
 */
function placeY(rows) {
  for (const row of rows)
    settle(
      row,
      row.map((_, k) => k),
    );
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const last = sweep >= SWEEPS - 2;
    for (const row of sweep % 2 ? rows : rows.slice().reverse()) {
      settle(
        row,
        row.map((cell) => {
          const ends = last ? [...cell.before, ...cell.after] : sweep % 2 ? cell.before : cell.after;
          if (!ends.length) return cell.y;
          return ends.reduce((sum, end) => sum + end.cell.y + end.there - end.at, 0) / ends.length;
        }),
      );
    }
  }
}

/**
 * Moves whole ranks, so that all are within a room if each is.
 * @param {Cell[][]} rows
 * @param {number} room
 */
function drawTogether(rows, room) {
  const ends = rows.map((row) => [
    Math.min(...row.map((cell) => cell.y - cell.height / 2)),
    Math.max(...row.map((cell) => cell.y + cell.height / 2)),
  ]);
  const start = ends.reduce((sum, [top, bottom]) => sum + (top + bottom) / 2, 0) / rows.length - room / 2;
  rows.forEach((row, i) => {
    const [top, bottom] = ends[i];
    const by = bottom - top > room ? start - top : Math.max(start - top, Math.min(0, start + room - bottom));
    for (const cell of row) cell.y += by;
  });
}

/**
 * The positions nearest to those wanted without overlaps, by pooling adjacent cells.
 * @param {Cell[]} row
 * @param {number[]} wanted
 */
function settle(row, wanted) {
  let offset = 0;
  const offsets = row.map((cell, k) => {
    if (k) offset += (row[k - 1].height + cell.height) / 2 + (cell.width && row[k - 1].width ? BETWEEN : BETWEEN / 2);
    return offset;
  });
  /** @type {{sum: number, count: number}[]} */
  const pools = [];
  for (let k = 0; k < row.length; k++) {
    pools.push({ sum: wanted[k] - offsets[k], count: 1 });
    for (let n = pools.length - 1; n && pools[n - 1].sum / pools[n - 1].count > pools[n].sum / pools[n].count; n--) {
      const last = pools.pop() ?? { sum: 0, count: 0 };
      pools[n - 1].sum += last.sum;
      pools[n - 1].count += last.count;
    }
  }
  let k = 0;
  for (const pool of pools) {
    for (let n = 0; n < pool.count; n++, k++) row[k].y = pool.sum / pool.count + offsets[k];
  }
}

/**
 * @param {Cell[]} cells
 * @param {Cell[][]} rows
 * @param {number[]} left
 * @param {Cell[][]} bends
 * @returns {Layout}
 */
function measured(cells, rows, left, bends) {
  const all = rows.flat();
  const top = all.reduce((y, cell) => Math.min(y, cell.y - cell.height / 2), Infinity);
  const bottom = all.reduce((y, cell) => Math.max(y, cell.y + cell.height / 2), -Infinity);
  const widest = rows.map((row) => Math.max(0, ...row.map((cell) => cell.width)));
  /** @param {Cell} cell if narrower than its rank, it is aligned to the right, beside its users */
  const x = (cell) => left[cell.rank] + widest[cell.rank] - cell.width;
  /** @type {Map<number, [number, number][]>} */
  const points = new Map();
  bends.forEach((chain, i) => {
    if (chain.length)
      points.set(
        i,
        chain.map((cell) => [left[cell.rank] + widest[cell.rank] / 2, cell.y - top]),
      );
  });
  return {
    x: cells.map(x),
    y: cells.map((cell) => cell.y - cell.height / 2 - top),
    width: all.length ? left[rows.length - 1] + widest[rows.length - 1] : 0,
    height: all.length ? bottom - top : 0,
    bends: points,
  };
}
