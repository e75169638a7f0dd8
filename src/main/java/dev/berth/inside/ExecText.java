package dev.berth.inside;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicLong;

/// The beginning of what a command wrote, as text.
final class ExecText {
    private static final int CONTINUES = 0x80;
    private static final int LONGEST_CHARACTER = 4;

    private final int most;
    private final AtomicLong budget;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean truncated;

    /// @param most bytes to keep
    /// @param budget bytes that all commands together may still keep
    ExecText(int most, AtomicLong budget) {
        this.most = most;
        this.budget = budget;
    }

    /// Keeps what there is room for; the rest is dropped, so that the command comes to its end.
    void add(byte[] bytes) {
        int room = Math.min(bytes.length, most - kept.size());
        if (truncated || !take(room)) room = 0;
        kept.write(bytes, 0, room);
        if (room < bytes.length) truncated = true;
    }

    private boolean take(int bytes) {
        if (budget.addAndGet(-bytes) >= 0) return true;
        budget.addAndGet(bytes);
        return false;
    }

    /// To be called once, when the text is no longer kept.
    void giveBack() {
        budget.addAndGet(kept.size());
    }

    boolean truncated() {
        return truncated;
    }

    /// What is no UTF-8 becomes a replacement character; a character that was cut in two is left out.
    String text() {
        byte[] bytes = kept.toByteArray();
        int end = bytes.length;
        if (truncated)
            for (int back = 1; back <= Math.min(LONGEST_CHARACTER, bytes.length); back++) {
                int at = bytes[bytes.length - back] & 0xFF;
                if (at < CONTINUES) break;
                if (at >= 0xC0) {
                    int length = at >= 0xF0 ? 4 : at >= 0xE0 ? 3 : 2;
                    if (length > back) end = bytes.length - back;
                    break;
                }
            }
        return new String(bytes, 0, end, UTF_8);
    }
}
