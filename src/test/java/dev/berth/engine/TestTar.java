package dev.berth.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/// A small tar, written and read without the code that is tested with it.
public final class TestTar {
    private static final int BLOCK = 512;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public TestTar file(String name, byte[] content) {
        return entry(name, '0', "", content);
    }

    public TestTar folder(String name) {
        return entry(name + "/", '5', "", new byte[0]);
    }

    public TestTar link(String name, String target) {
        return entry(name, '2', target, new byte[0]);
    }

    public TestTar hardLink(String name, String target) {
        return entry(name, '1', target, new byte[0]);
    }

    public TestTar entry(String name, char type, String target, byte[] content) {
        byte[] block = new byte[BLOCK];
        put(block, 0, name);
        put(
                block,
                100,
                "0000644\0" + "0000000\0" + "0000000\0" + "%011o\0".formatted(content.length) + "00000000000\0        "
                        + type);
        put(block, 157, target);
        put(block, 257, "ustar\00000");
        int sum = 0;
        for (byte one : block) sum += one & 0xFF;
        put(block, 148, "%06o\0 ".formatted(sum));
        out.writeBytes(block);
        out.writeBytes(content);
        out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        return this;
    }

    public byte[] bytes() {
        var whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[2 * BLOCK]);
        return whole.toByteArray();
    }

    /// The names in a plain tar, with the content of each; a folder's ends in a slash.
    public static Map<String, byte[]> files(byte[] tar) {
        var files = new LinkedHashMap<String, byte[]>();
        for (int at = 0; at + BLOCK <= tar.length && tar[at] != 0; ) {
            String name = text(tar, at, 100);
            int size = Integer.parseInt(text(tar, at + 124, 12).strip(), 8);
            byte[] content = new byte[size];
            System.arraycopy(tar, at + BLOCK, content, 0, size);
            files.put(name, content);
            at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
        }
        return files;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(text.chars().allMatch(it -> it < 0x80) ? US_ASCII : UTF_8);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static String text(byte[] bytes, int at, int length) {
        int end = at;
        while (end < at + length && bytes[end] != 0) end++;
        return new String(bytes, at, end - at, UTF_8);
    }
}
