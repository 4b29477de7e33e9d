"""An IPython session with the same labels, commands and short error messages."""

from __future__ import annotations

from typing import Any

from autograd.cursor import PassDone
from autograd.prompt import errors
from autograd.prompt.commands import session, translated
from autograd.prompt.completion import after_command, within_quotes
from autograd.prompt.labels import Labels


def start(namespace: dict[str, object], banner: str) -> None:
    """Opens IPython on a namespace."""
    from IPython.terminal.ipapp import TerminalIPythonApp
    from traitlets.config import Config

    config = Config()
    config.TerminalInteractiveShell.banner1 = banner + "\n"
    config.TerminalInteractiveShell.banner2 = ""
    config.TerminalInteractiveShell.enable_tip = False
    config.TerminalInteractiveShell.confirm_exit = False
    app: Any = TerminalIPythonApp.instance(user_ns=namespace, config=config)
    app.initialize(argv=[])
    _prepare(app.shell)
    app.start()


def _prepare(shell: Any) -> None:
    labels = Labels(shell.user_ns)
    shell.ast_transformers.append(_Weaver(labels))
    shell.events.register("post_run_cell", lambda _: labels.update())
    shell.input_transformers_cleanup.append(lambda lines: _commands(lines, shell.user_ns))
    shell.set_custom_exc((PassDone, AttributeError, NameError, *errors.WORDED), _show)
    shell.user_ns_hidden["__label__"] = labels.update
    shell.Completer.custom_matchers.append(lambda text: _labels(shell, text))


class _Weaver:
    """An AST transformer for IPython."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels

    def visit(self, tree: Any) -> Any:
        """Inserts label updates between statements."""
        return self._labels.woven(tree)


def _commands(lines: list[str], namespace: dict[str, object]) -> list[str]:
    lines = session(lines)
    if len(lines) != 1:
        return lines
    return [translated(lines[0].rstrip("\n"), namespace) + "\n"]


def _show(shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: Any = None) -> None:
    """Shows an error of the engine by its message, and any other error as IPython does."""
    told = errors.in_words(kind, error, trace.tb_next if trace else None)
    if told is None:
        shell.showtraceback((kind, error, errors.shortened(kind, trace)), tb_offset=tb_offset)
        if hint := errors.elsewhere(error) or errors.suggestion(kind, error, trace):
            print(hint)
    else:
        print(told)


def _labels(shell: Any, text: str) -> list[str]:
    line = shell.Completer.text_until_cursor
    found = within_quotes(line, shell.user_ns)
    return (found if found is not None else after_command(line, shell.user_ns)) or []
