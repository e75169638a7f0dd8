package dev.berth.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.model.ContainerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// When something happened and what, in bytes, as the ring keeps it: a fifth of what its objects would take, for as
/// long
/// as the ring is deep, and the size is known to the byte.
///
/// Numbers are as in Protocol Buffers' varints, seven bits a byte, the lowest first; a text is its length and its
/// UTF-8.
/// The bytes are read by the process that has written them and by no other, so there is no version in them.
final class Packed {
    private static final int USUAL_BYTES = 512;
    /// What a fact is stands before it.
    private static final int TEXT = 0;

    private static final int COUNT = 1;
    private static final int SHARE = 2;
    private static final int FLAG = 3;
    private static final int TEXTS = 4;
    private static final int NONE = 5;

    private Packed() {}

    static byte[] pack(Instant at, Happening what) {
        var out = new Writer();
        out.number(at.getEpochSecond());
        out.number(at.getNano());
        out.text(what.kind().name());
        out.text(what.action());
        out.number(what.container().isPresent() ? 1 : 0);
        what.container().ifPresent(it -> {
            out.text(it.id().hex());
            out.text(it.name());
        });
        out.number(what.labels().size());
        what.labels().forEach((key, value) -> {
            out.text(key);
            out.text(value);
        });
        out.number(what.facts().size());
        what.facts().forEach((name, fact) -> {
            out.text(name);
            out.fact(fact);
        });
        return out.bytes();
    }

    static Event unpack(EventId id, byte[] packed) {
        var in = new Reader(packed);
        Instant at = Instant.ofEpochSecond(in.number(), in.number());
        Kind kind = Kind.valueOf(in.text());
        String action = in.text();
        Optional<Happening.Named> container = in.count() == 0
                ? Optional.empty()
                : Optional.of(new Happening.Named(new ContainerId(in.text()), in.text()));
        Map<String, String> labels = new LinkedHashMap<>();
        for (int left = in.count(); left > 0; left--) labels.put(in.text(), in.text());
        var facts = new TreeMap<String, Fact>();
        for (int left = in.count(); left > 0; left--) facts.put(in.text(), in.fact());
        return new Event(id, at, new Happening(kind, action, container, labels, facts));
    }

    private static final class Writer {
        private byte[] bytes = new byte[USUAL_BYTES];
        private int length;

        void fact(Fact fact) {
            switch (fact) {
                case Fact.Text(String text) -> tagged(TEXT).text(text);
                case Fact.Count(long count) -> tagged(COUNT).number(count);
                case Fact.Share(double share) -> tagged(SHARE).number(Double.doubleToRawLongBits(share));
                case Fact.Flag(boolean yes) -> tagged(FLAG).number(yes ? 1 : 0);
                case Fact.Texts(List<String> texts) -> {
                    tagged(TEXTS).number(texts.size());
                    texts.forEach(this::text);
                }
                case Fact.None() -> number(NONE);
            }
        }

        private Writer tagged(int tag) {
            number(tag);
            return this;
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(UTF_8);
            number(utf8.length);
            room(utf8.length);
            System.arraycopy(utf8, 0, bytes, length, utf8.length);
            length += utf8.length;
        }

        /// @param number a negative one takes ten bytes
        void number(long number) {
            room(Long.BYTES + 2);
            long left = number;
            for (; (left & ~0x7fL) != 0; left >>>= 7) bytes[length++] = (byte) (left | 0x80);
            bytes[length++] = (byte) left;
        }

        private void room(int more) {
            if (bytes.length - length < more)
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, length);
        }
    }

    private static final class Reader {
        private final byte[] bytes;
        private int next;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        Fact fact() {
            return switch (count()) {
                case TEXT -> new Fact.Text(text());
                case COUNT -> new Fact.Count(number());
                case SHARE -> new Fact.Share(Double.longBitsToDouble(number()));
                case FLAG -> new Fact.Flag(number() != 0);
                case TEXTS -> {
                    int left = count();
                    List<String> texts = new ArrayList<>(left);
                    for (; left > 0; left--) texts.add(text());
                    yield new Fact.Texts(texts);
                }
                case NONE -> new Fact.None();
                default -> throw new IllegalStateException("no such fact");
            };
        }

        String text() {
            int length = count();
            String text = new String(bytes, next, length, UTF_8);
            next += length;
            return text;
        }

        int count() {
            return Math.toIntExact(number());
        }

        long number() {
            long number = 0;
            for (int shift = 0; ; shift += 7) {
                byte part = bytes[next++];
                number |= (part & 0x7fL) << shift;
                if (part >= 0) return number;
            }
        }
    }
}
