package dev.berth.stats;

import dev.berth.stats.Probe.Gone;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The text of the kernel file that was read last, and how numbers are found in it. One buffer serves all files, and
/// no string is made: this runs eight times for each container and sample.
///
/// A number counts only with the character after it, so a text that was cut off is never taken for a smaller number.
final class ProcText {
    static final long NONE = -1;
    private static final int FIRST = 16 << 10;
    private static final int LARGEST = 4 << 20;

    /// The kernel hands out a list of many records by the page, and stops where the next record would not fit any
    /// more: an answer this short has none behind it. That spares a second read of nearly every file.
    private static final int SURELY_ALL = 3 << 10;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST);
    private byte[] bytes = new byte[FIRST];
    private int length;

    /// What to look for, as bytes.
    static byte[] word(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    void fill(FileChannel file) throws IOException {
        length = 0;
        buffer.clear();
        while (file.read(buffer, buffer.position()) > 0 && buffer.position() > SURELY_ALL)
            if (!buffer.hasRemaining()) grow();
        length = buffer.position();
        buffer.get(0, bytes, 0, length);
    }

    private void grow() throws IOException {
        if (buffer.capacity() >= LARGEST) throw new IOException("no kernel file is this large");
        buffer = ByteBuffer.allocateDirect(2 * buffer.capacity()).put(buffer.flip());
        bytes = new byte[buffer.capacity()];
    }

    int length() {
        return length;
    }

    byte at(int index) {
        return bytes[index];
    }

    byte[] copy(int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    boolean is(byte[] all) {
        return length == all.length && has(all, 0);
    }

    /// By hand: the library's own comparison is quick only once it is compiled, for which a few containers do not call
    /// it often enough.
    boolean has(byte[] word, int at) {
        if (at + word.length > length) return false;
        for (int i = 0; i < word.length; i++) if (bytes[at + i] != word[i]) return false;
        return true;
    }

    /// Where the first such character is, or the end.
    int find(char wanted, int from) {
        int at = from;
        while (at < length && bytes[at] != wanted) at++;
        return at;
    }

    /// A file of one number.
    long number() throws Gone {
        if (find('\n', 0) != length - 1) throw new Gone("not one line");
        return number(0);
    }

    /// The number of the line `key number`, or NONE if no line has this key.
    ///
    /// @param key with its blank
    long number(byte[] key) throws Gone {
        if (length == 0) throw new Gone("empty");
        for (int line = 0; line < length; line = find('\n', line) + 1)
            if (bytes[line] == key[0] && has(key, line)) return number(line + key.length);
        return NONE;
    }

    /// The sum of all numbers that stand behind a word, wherever: what there is for each device.
    ///
    /// Lines mean nothing here: several kernels forget the line feed after a device without counters.
    ///
    /// @param word with the blank before it and what separates it from the number
    long sum(byte[] word) throws Gone {
        long sum = 0;
        for (int blank = find(' ', 0); blank < length; blank = find(' ', blank + 1))
            if (has(word, blank)) sum = plus(sum, number(blank + word.length));
        return sum;
    }

    long number(int from) throws Gone {
        long number = 0;
        int at = from;
        for (; at < length && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            if (number > (Long.MAX_VALUE - 9) / 10) throw new Gone("a number too large");
            number = 10 * number + bytes[at] - '0';
        }
        if (at == from || at == length || (bytes[at] != '\n' && bytes[at] != ' ')) throw new Gone("not a number");
        return number;
    }

    static long plus(long sum, long number) throws Gone {
        if (sum > Long.MAX_VALUE - number) throw new Gone("a sum too large");
        return sum + number;
    }
}
