package dev.berth.engine;

import dev.berth.engine.wire.Upgraded;
import dev.berth.model.Failure;
import java.util.Arrays;
import java.util.Optional;

/// A command's outputs as Docker carries them: as they are on a terminal, else in frames of eight bytes of head (one
/// tells which output, four the length) and what was written.
final class ExecFrames implements ExecStream {
    private static final int PIECE = 16 << 10;
    private static final int HEAD = 8;
    private static final int LENGTH_AT = 4;
    private static final int INPUT = 0;
    private static final int OUTPUT = 1;
    private static final int ERROR = 2;

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
        for (int filled = 0; filled < HEAD; ) {
            int count = wire.read(buffer, filled, HEAD - filled);
            if (count < 0) return false;
            filled += count;
        }
        int kind = buffer[0];
        if (kind < INPUT || kind > ERROR)
            throw new Failure.EngineNonsense("the engine sent a frame of the unknown kind " + kind, null);
        error = kind != OUTPUT && kind != INPUT;
        left = 0;
        for (int i = LENGTH_AT; i < HEAD; i++) left = left << 8 | (buffer[i] & 0xFF);
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
