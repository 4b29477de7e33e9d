"use strict";
(() => {
  const part = (id) => document.getElementById(id);
  const data = JSON.parse(part("data").textContent);
  const canvas = part("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const margin = 16; // cells around the drawing, into which strokes may grow
  const cells = 96; // the drawing is looked at with so many cells a side
  const layers = data.layers.map((layer) => ({ ...layer, weights: numbers(layer.weights) }));

  // The float64 numbers of a text in base 64.
  function numbers(text) {
    return new Float64Array(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);
  }

  // The same sums as in Python: each neuron's weights times what comes in, and its bias.
  function confidences(pixels) {
    const bend = { relu: (sum) => Math.max(0, sum), sigmoid: (sum) => 1 / (1 + Math.exp(-sum)) };
    return layers.reduce((input, layer) => {
      const row = input.length + 1;
      return Array.from({ length: layer.weights.length / row }, (_, neuron) => {
        const start = neuron * row;
        const sum = input.reduce((total, x, i) => total + layer.weights[start + i] * x, 0);
        return bend[layer.activation](sum + layer.weights[start + input.length]);
      });
    }, Array.from(pixels));
  }

  // How much ink each cell holds; the canvas is looked at in cells of several of its pixels.
  function drawn() {
    const { width, height } = canvas;
    const painted = pen.getImageData(0, 0, width, height).data;
    const side = cells + 2 * margin;
    const ink = new Float64Array(side * side);
    const share = (cells / width) * (cells / height);
    for (let y = 0; y < height; y++) {
      const row = (Math.floor((y * cells) / height) + margin) * side + margin;
      for (let x = 0; x < width; x++) {
        ink[row + Math.floor((x * cells) / width)] += (painted[4 * (y * width + x) + 3] / 255) * share;
      }
    }
    return [ink, side];
  }

  function recognise() {
    const prepared = prepare(...drawn(), data.size, data.place);
    show(prepared && scaled(prepared));
  }

  function scaled(pixels) {
    return data.pixels ? resize(pixels, data.size, data.pixels) : pixels;
  }

  function show(pixels) {
    const found = pixels && confidences(pixels);
    const top = found && found.indexOf(Math.max(...found));
    [...part("confidences").children].forEach((item, digit) => {
      const confidence = found ? found[digit] : 0;
      item.dataset.confidence = found ? confidence : "";
      item.querySelector(".bar span").style.width = `${100 * confidence}%`;
      item.lastElementChild.textContent = found ? confidence.toFixed(3) : "–";
      item.classList.toggle("top", digit === top);
    });
    part("answer").textContent = found ? `It looks like a ${top}, with confidence ${found[top].toFixed(2)}.` : "Nothing is drawn yet.";
    part("seen").dataset.pixels = pixels ? JSON.stringify(pixels) : "";
    const seen = part("seen");
    paint(seen, pixels || new Array(seen.width * seen.height).fill(0));
  }

  function paint(canvas, pixels) {
    const { width, height } = canvas;
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    pixels.forEach((ink, i) => image.data.set([0, 0, 0, Math.round(255 * ink)], 4 * i));
    context.putImageData(image, 0, 0);
  }

  function clear() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
  }

  let waiting = 0;
  function soon() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(recognise);
  }

  // One stroke for each finger that is down.
  const strokes = new Map();
  function place(event) {
    const box = canvas.getBoundingClientRect();
    const edge = canvas.clientLeft;
    return [
      ((event.clientX - box.left - edge) / canvas.clientWidth) * canvas.width,
      ((event.clientY - box.top - edge) / canvas.clientHeight) * canvas.height,
    ];
  }
  function draw(event, from) {
    const to = place(event);
    pen.lineWidth = 20;
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(...from);
    // A line of no length would not be painted, and a tap is to leave a dot.
    pen.lineTo(to[0] + 0.01, to[1]);
    pen.stroke();
    strokes.set(event.pointerId, to);
    canvas.dispatchEvent(new Event("input"));
  }
  let picture = false; // whether an image of the page stands on the canvas: a stroke begins anew
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    if (picture) clear();
    picture = false;
    draw(event, place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!strokes.has(event.pointerId)) return;
    for (const each of event.getCoalescedEvents?.() ?? []) draw(each, strokes.get(event.pointerId));
    draw(event, strokes.get(event.pointerId));
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => strokes.delete(event.pointerId));
  canvas.addEventListener("input", soon);
  part("clear").onclick = () => {
    clear();
    soon();
  };

  // An image of the page goes onto the canvas, at its size; the network gets its very pixels.
  document.querySelectorAll(".digit").forEach((button) => {
    button.onclick = () => {
      const pixels = data.images[Number(button.dataset.image)];
      const small = document.createElement("canvas");
      small.width = data.size.width;
      small.height = data.size.height;
      paint(small, pixels);
      clear();
      pen.imageSmoothingEnabled = false;
      const scale = Math.min(canvas.width / small.width, canvas.height / small.height);
      const [width, height] = [small.width * scale, small.height * scale];
      pen.drawImage(small, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
      picture = true;
      cancelAnimationFrame(waiting);
      show(scaled(pixels));
      canvas.scrollIntoView({ block: "center" });
    };
  });

  for (let digit = 0; digit < 10; digit++) {
    const item = document.createElement("li");
    item.innerHTML = `<b>${digit}</b><span class="bar"><span></span></span><span></span>`;
    part("confidences").append(item);
  }
  part("confidences").className = "bars";
  show(null);
})();
