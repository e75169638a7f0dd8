package dev.berth.engine;

import dev.berth.model.ContainerId;
import dev.berth.model.ExecSpec;
import dev.berth.model.TerminalSize;
import java.util.List;
import java.util.Optional;

/// What an engine does with commands inside containers that run.
public interface EngineExecs {
    /// Prepares a command.
    ///
    /// @throws dev.berth.model.Failure.NotFound (`no-such-container`)
    /// @throws dev.berth.model.Failure.Conflict (`not-running`; `container-busy` for one that is paused)
    /// @throws dev.berth.model.Failure.Rejected (`exec-refused`)
    ExecId create(ContainerId container, ExecSpec spec);

    /// Starts it and connects to it. One that cannot be started is refused here by some engines; others let the
    /// stream say why, and its state says that it never began.
    ///
    /// @param tty as it was prepared
    /// @throws dev.berth.model.Failure.Conflict (`not-running`)
    /// @throws dev.berth.model.Failure.Rejected (`exec-refused`)
    ExecStream start(ExecId id, boolean tty);

    /// Changes the size of its terminal.
    ///
    /// @throws dev.berth.model.Failure if it has ended, or has not begun
    void resize(ExecId id, TerminalSize size);

    /// What has become of it; nothing if the engine has forgotten it.
    Optional<ExecState> inspect(ExecId id);

    /// The commands that run inside a container, whoever started them; some may have ended already.
    List<ExecId> list(ContainerId container);
}
