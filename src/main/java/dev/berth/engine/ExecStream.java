package dev.berth.engine;

/// The input and the outputs of a command inside a container. One thread reads, another may write.
public interface ExecStream extends EngineStream<ExecOutput> {
    /// Waits until the engine has taken them.
    ///
    /// @throws dev.berth.model.Failure.Cancelled after `close`
    /// @throws dev.berth.model.Failure.EngineDown if the connection broke, or the command no longer listens
    void write(byte[] bytes);

    /// The command's input ends here.
    void endInput();

    /// Lets go of the command, which goes on all the same.
    @Override
    void close();
}
