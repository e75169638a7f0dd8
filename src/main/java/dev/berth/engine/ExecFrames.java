package dev.berth.engine;

import dev.berth.engine.wire.Upgraded;
import dev.berth.model.Failure;
import dev.berth.model.Output;
import java.util.Arrays;
import java.util.Optional;

/// A command's outputs as Docker carries them: as they are on a terminal, else in frames of eight bytes of head (one
/// tells which output, four the length) and what was written.
final class ExecFrames implements ExecStream {
    private static final int PIECE = 16 << 10;

    private final Upgraded wire;
    private final boolean tty;
    private final byte[] buffer = new byte[PIECE];
    private boolean error;
    private long left;

    ExecFrames(Upgraded wire, boolean tty) {
        this.wire = wire;
        this.tty = tty;
    }

    @Override
    public Optional<ExecOutput> next() {
        while (!tty && left == 0) if (!head()) return Optional.empty();
        int count = wire.read(buffer, 0, tty ? PIECE : (int) Math.min(PIECE, left));
        if (count < 0) return Optional.empty();
        left -= tty ? 0 : count;
        return Optional.of(new ExecOutput(error, Arrays.copyOf(buffer, count)));
    }

    /// Reads the head of the next frame, if there is one.
    private boolean head() {
        for (int filled = 0; filled < FrameHead.LENGTH; ) {
            int count = wire.read(buffer, filled, FrameHead.LENGTH - filled);
            if (count < 0) return false;
            filled += count;
        }
        FrameHead head = FrameHead.read(buffer, 0);
        if (!head.known())
            throw new Failure.EngineNonsense("the engine sent a frame of the unknown kind " + head.kind(), null);
        error = head.output() == Output.STDERR;
        left = head.size();
        return true;
    }

    @Override
    public void write(byte[] bytes) {
        wire.write(bytes);
    }

    @Override
    public void endInput() {
        wire.endOutput();
    }

    @Override
    public void close() {
        wire.close();
    }
}
