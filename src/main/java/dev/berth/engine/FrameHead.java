package dev.berth.engine;

import dev.berth.model.Output;

/// The head of a frame in which Docker carries what a container writes: a byte that tells which output, three that tell
/// nothing, and four of length, the highest first.
///
/// @param kind 0 input, 1 output, 2 errors; nothing else is known
/// @param size of what follows, in bytes
record FrameHead(int kind, long size) {
    static final int LENGTH = 8;
    private static final int SIZE_AT = 4;
    private static final int ERRORS = 2;

    static FrameHead read(byte[] bytes, int at) {
        long size = 0;
        for (int i = SIZE_AT; i < LENGTH; i++) size = size << 8 | (bytes[at + i] & 0xFF);
        return new FrameHead(bytes[at], size);
    }

    boolean known() {
        return kind >= 0 && kind <= ERRORS;
    }

    Output output() {
        return kind == ERRORS ? Output.STDERR : Output.STDOUT;
    }
}
