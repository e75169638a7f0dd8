package dev.berth.stats;

import dev.berth.stats.Probe.Gone;
import java.util.ArrayList;
import java.util.List;

/// What a container has received and sent through all its interfaces but the loopback, since it was first read.
///
/// Interfaces come and go with `network connect` and `disconnect`, each with its own counters: a plain sum would go
/// backwards with one that leaves. So each is counted on from its own last value; what one that has left had counted,
/// stays in the sums.
final class ProcNetwork {
    private static final byte[] LOOPBACK = {'l', 'o', ':'};
    private static final int FIELDS = 9;

    /// In the kernel's order, which hardly ever changes: the next line is nearly always the next of these.
    private final List<Interface> known = new ArrayList<>();

    /// The text that was read last, nearly always the same again.
    private byte[] before = {};

    private long received;
    private long sent;

    private static final class Interface {
        final byte[] name;
        long received;
        long sent;

        Interface(byte[] name) {
            this.name = name;
        }
    }

    long received() {
        return received;
    }

    long sent() {
        return sent;
    }

    /// Counts on.
    ///
    /// @param text `/proc/PID/net/dev`: two lines of headings, then `  name: received 7-others sent 7-others`
    /// @return whether anything in it has changed
    boolean moved(ProcText text) throws Gone {
        if (text.length() > 0 && text.is(before)) return false;
        int line = after('\n', text, after('\n', text, 0));
        int position = 0;
        while (line < text.length()) {
            int name = skipBlanks(text, line);
            if (!text.has(LOOPBACK, name)) count(text, name, position++);
            line = after('\n', text, line);
        }
        forgetFrom(position);
        before = text.copy(0, text.length());
        return true;
    }

    private void count(ProcText text, int name, int position) throws Gone {
        int field = after(':', text, name);
        Interface one = at(position, text, name, field);
        field = skipBlanks(text, field);
        long in = text.number(field);
        for (int i = 1; i < FIELDS; i++) field = skipBlanks(text, text.find(' ', field));
        long out = text.number(field);
        // A smaller value than before is another interface with the same name, which has counted from 0 as well.
        received = ProcText.plus(received, in < one.received ? in : in - one.received);
        sent = ProcText.plus(sent, out < one.sent ? out : out - one.sent);
        one.received = in;
        one.sent = out;
    }

    /// The interface with this name, moved to this position.
    private Interface at(int position, ProcText text, int from, int to) {
        for (int i = position; i < known.size(); i++) {
            Interface one = known.get(i);
            if (one.name.length != to - from || !text.has(one.name, from)) continue;
            if (i != position) known.add(position, known.remove(i));
            return one;
        }
        Interface fresh = new Interface(text.copy(from, to));
        known.add(position, fresh);
        return fresh;
    }

    private void forgetFrom(int position) {
        while (known.size() > position) known.removeLast();
    }

    private static int after(char wanted, ProcText text, int from) throws Gone {
        int found = text.find(wanted, from);
        if (found == text.length()) throw new Gone("cut off");
        return found + 1;
    }

    private static int skipBlanks(ProcText text, int from) {
        int at = from;
        while (at < text.length() && text.at(at) == ' ') at++;
        return at;
    }
}
