package dev.berth.inside;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.model.Failure;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// The header of one file in a tar: read as GNU, POSIX (`pax`) and old ones write it, written as POSIX does.
///
/// Format: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html>, and GNU tar's `tar.h`.
///
/// @param type the type flag; `0` is a regular file
record FileTar(String name, char type, long size) {
    static final int BLOCK = 512;
    static final char REGULAR = '0';

    private static final int NAME = 0;
    private static final int MODE = 100;
    private static final int UID = 108;
    private static final int GID = 116;
    private static final int SIZE = 124;
    private static final int TIME = 136;
    private static final int CHECKSUM = 148;
    private static final int TYPE = 156;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;
    private static final int NAME_LENGTH = 100;
    private static final int PREFIX_LENGTH = 155;
    private static final int ID_LENGTH = 8;
    private static final int SIZE_LENGTH = 12;
    private static final long LARGEST_OCTAL = (1L << 33) - 1;
    private static final long LARGEST_ID = (1L << 21) - 1;
    /// A long name, or the attributes of a file, with all that others may hang on it.
    private static final long LARGEST_EXTENSION = 1 << 20;

    private static final byte[] EMPTY = new byte[BLOCK];

    private static final String NO_TAR = "the engine's tar cannot be read: ";

    /// Where the bytes of a tar come from.
    @FunctionalInterface
    interface Source {
        /// Fills all of it.
        void fill(byte[] bytes);
    }

    /// One header block, whatever it is a header of.
    record Block(char type, long size) {
        /// Links, devices and folders have none, whatever their size says.
        boolean hasBody() {
            return type < '1' || type > '6';
        }
    }

    /// Reads up to and including the header of the first file.
    ///
    /// @throws Failure.EngineNonsense if it is no tar, or one with holes
    static FileTar read(Source source) {
        Map<String, String> attributes = new TreeMap<>();
        while (true) {
            byte[] block = new byte[BLOCK];
            source.fill(block);
            Block read = block(block);
            long size = read.size();
            char type = read.type();
            switch (type) {
                case 'x' -> attributes(extension(source, size), attributes);
                case 'g' -> extension(source, size);
                case 'L' -> attributes.put("path", text(extension(source, size), 0, Integer.MAX_VALUE));
                case 'K' -> extension(source, size);
                default -> {
                    return header(block, type, size, attributes);
                }
            }
        }
    }

    /// A header for a regular file, with attributes before it where the old fields do not suffice.
    static byte[] write(String name, int mode, long uid, long gid, long size, Instant modified) {
        var out = new ByteArrayOutputStream();
        var attributes = new ByteArrayOutputStream();
        byte[] bytes = name.getBytes(UTF_8);
        boolean plain = bytes.length <= NAME_LENGTH && name.chars().allMatch(it -> it < 0x80);
        if (!plain) attribute("path", name, attributes);
        if (size > LARGEST_OCTAL) attribute("size", Long.toString(size), attributes);
        if (uid > LARGEST_ID) attribute("uid", Long.toString(uid), attributes);
        if (gid > LARGEST_ID) attribute("gid", Long.toString(gid), attributes);
        if (attributes.size() > 0) {
            out.writeBytes(block("pax-header".getBytes(US_ASCII), 'x', 0644, 0, 0, attributes.size(), modified));
            out.writeBytes(attributes.toByteArray());
            out.writeBytes(new byte[padding(attributes.size())]);
        }
        byte[] shown = plain ? bytes : "file".getBytes(US_ASCII);
        out.writeBytes(block(shown, REGULAR, mode, uid, gid, size, modified));
        return out.toByteArray();
    }

    /// What follows a file of that size as the last one: zeros up to a whole block, and two blocks of them.
    static byte[] end(long size) {
        return new byte[padding(size) + 2 * BLOCK];
    }

    private static int padding(long size) {
        return (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    boolean isRegularFile() {
        return type == REGULAR || type == '\0' || type == '7';
    }

    private static FileTar header(byte[] block, char type, long size, Map<String, String> attributes) {
        // In a tar of an engine's making there are none: Go writes every zero of a hole.
        if (type == 'S' || attributes.keySet().stream().anyMatch(it -> it.startsWith("GNU.sparse")))
            throw nonsense("it leaves out the holes of a file");
        String written = attributes.get("size");
        String name = attributes.get("path");
        return new FileTar(name == null ? name(block) : name, type, written == null ? size : decimal(written));
    }

    private static String name(byte[] block) {
        String name = text(block, NAME, NAME_LENGTH);
        boolean posix = text(block, MAGIC, 6).equals("ustar"); // GNU's has a blank behind it, and no prefix
        String prefix = posix ? text(block, PREFIX, PREFIX_LENGTH) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    static Block block(byte[] block) {
        check(block);
        return new Block((char) (block[TYPE] & 0xFF), number(block, SIZE, SIZE_LENGTH));
    }

    static boolean isEmpty(byte[] block) {
        return Arrays.equals(block, EMPTY);
    }

    /// With the zeros that make whole blocks of it.
    static long padded(long size) {
        return size + padding(size);
    }

    /// How long the attributes are, if one may believe it.
    static int extension(long size) {
        if (size > LARGEST_EXTENSION) throw nonsense("a file has " + size + " bytes of attributes");
        return (int) size;
    }

    private static byte[] extension(Source source, long size) {
        byte[] bytes = new byte[extension(size)];
        source.fill(bytes);
        source.fill(new byte[padding(size)]);
        return bytes;
    }

    /// `length key=value\n`, one after the other; the length counts all of it.
    static void attributes(byte[] bytes, Map<String, String> into) {
        int at = 0;
        while (at < bytes.length) {
            int blank = at;
            while (blank < bytes.length && bytes[blank] != ' ') blank++;
            long length = decimal(new String(bytes, at, blank - at, US_ASCII));
            if (length <= blank - at + 1 || length > bytes.length - at) throw nonsense("its attributes do not fit");
            String record = new String(bytes, blank + 1, (int) length - (blank + 1 - at) - 1, UTF_8);
            int equals = record.indexOf('=');
            if (equals > 0) into.put(record.substring(0, equals), record.substring(equals + 1));
            at += (int) length;
        }
    }

    private static void attribute(String key, String value, ByteArrayOutputStream out) {
        byte[] record = (" " + key + "=" + value + "\n").getBytes(UTF_8);
        int length = record.length + Integer.toString(record.length).length();
        if (Integer.toString(length).length() > Integer.toString(record.length).length()) length++;
        out.writeBytes(Integer.toString(length).getBytes(US_ASCII));
        out.writeBytes(record);
    }

    private static byte[] block(byte[] name, char type, int mode, long uid, long gid, long size, Instant modified) {
        byte[] block = new byte[BLOCK];
        System.arraycopy(name, 0, block, NAME, name.length);
        octal(block, MODE, ID_LENGTH, mode);
        octal(block, UID, ID_LENGTH, uid > LARGEST_ID ? 0 : uid);
        octal(block, GID, ID_LENGTH, gid > LARGEST_ID ? 0 : gid);
        octal(block, SIZE, SIZE_LENGTH, size > LARGEST_OCTAL ? 0 : size);
        octal(block, TIME, SIZE_LENGTH, Math.max(0, modified.getEpochSecond()));
        block[TYPE] = (byte) type;
        System.arraycopy("ustar\00000".getBytes(US_ASCII), 0, block, MAGIC, 8);
        Arrays.fill(block, CHECKSUM, CHECKSUM + ID_LENGTH, (byte) ' ');
        octal(block, CHECKSUM, ID_LENGTH - 1, sum(block));
        return block;
    }

    /// Digits, and a zero byte behind them.
    private static void octal(byte[] block, int at, int length, long number) {
        for (int i = at + length - 2; i >= at; i--) {
            block[i] = (byte) ('0' + (number & 7));
            number >>= 3;
        }
        block[at + length - 1] = 0;
    }

    /// Octal digits, or a binary number where these do not suffice, which the highest bit tells.
    private static long number(byte[] block, int at, int length) {
        if ((block[at] & 0x80) != 0) {
            long number = block[at] & 0x7F;
            for (int i = at + 1; i < at + length; i++) {
                if (number >> 55 != 0) throw nonsense("a number is too large");
                number = number << 8 | (block[i] & 0xFF);
            }
            return number;
        }
        String digits = text(block, at, length).strip();
        if (!digits.matches("[0-7]*")) throw nonsense("'" + digits + "' is no number");
        return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    }

    static long decimal(String digits) {
        if (!digits.matches("\\d{1,18}")) throw nonsense("'" + digits + "' is no number");
        return Long.parseLong(digits);
    }

    private static String text(byte[] bytes, int at, int length) {
        int most = (int) Math.min(bytes.length, (long) at + length);
        int end = at;
        while (end < most && bytes[end] != 0) end++;
        return new String(bytes, at, end - at, UTF_8);
    }

    private static void check(byte[] block) {
        long written = number(block, CHECKSUM, ID_LENGTH);
        byte[] blank = block.clone();
        Arrays.fill(blank, CHECKSUM, CHECKSUM + ID_LENGTH, (byte) ' ');
        if (written != sum(blank)) throw nonsense("a checksum is wrong");
    }

    private static long sum(byte[] block) {
        long sum = 0;
        for (byte one : block) sum += one & 0xFF;
        return sum;
    }

    private static Failure nonsense(String why) {
        return new Failure.EngineNonsense(NO_TAR + why, null);
    }
}
