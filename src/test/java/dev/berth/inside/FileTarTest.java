package dev.berth.inside;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.TestTar;
import dev.berth.model.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Headers of tars: those of others are read, and ours are read by others.
class FileTarTest {
    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");
    private static final int SIZE_AT = 124;

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private static FileTar read(byte[] tar) {
        var in = new ByteArrayInputStream(tar);
        return FileTar.read(bytes -> {
            if (in.readNBytes(bytes, 0, bytes.length) < bytes.length)
                throw new Failure.EngineNonsense("the tar ended", null);
        });
    }

    @Test
    void whatIsWrittenIsRead() {
        for (long size : new long[] {0, 1, 511, 512, 513, (1L << 33) - 1, 1L << 33, 1L << 40, Long.MAX_VALUE >> 4}) {
            for (String name : new String[] {"a", "x".repeat(100), "y".repeat(101), "z".repeat(255), "größe"}) {
                FileTar header = read(FileTar.write(name, 0644, 0, 0, size, TIME));
                assertEquals(new FileTar(name, '0', size), header);
                assertTrue(header.isRegularFile());
            }
        }
    }

    @Test
    void aFileEndsWithAWholeBlockAndTwoEmptyOnes() {
        for (int size : new int[] {0, 1, 511, 512, 513}) {
            int all = size + FileTar.end(size).length;
            assertEquals(0, all % 512, "size " + size);
            assertTrue(FileTar.end(size).length >= 1024 && FileTar.end(size).length < 1024 + 512);
        }
    }

    /// The system's tar is the judge.
    @Test
    void othersReadWhatWeWrite() throws Exception {
        for (String name : new String[] {"short", "n".repeat(200), "größe and blank"}) {
            byte[] content = "the bytes".getBytes(UTF_8);
            var tar = new ByteArrayOutputStream();
            tar.writeBytes(FileTar.write(name, 04750, 12, 3_000_000_000L, content.length, TIME));
            tar.writeBytes(content);
            tar.writeBytes(FileTar.end(content.length));
            Path file = Files.write(folder.resolve("our.tar"), tar.toByteArray());
            String listed =
                    tar("-tvf", file.toString(), "--numeric-owner", "--full-time", "--utc", "--quoting-style=literal");
            assertEquals(
                    "-rwsr-x--- 12/3000000000 9 2026-03-01 12:00:00 " + name,
                    listed.strip().replaceAll(" +", " "));
            tar("-xf", file.toString(), "-C", folder.toString(), "--no-same-owner");
            assertArrayEquals(content, Files.readAllBytes(folder.resolve(name)));
        }
    }

    @Test
    void whatOthersWriteIsReadInEveryFormat() throws Exception {
        String name = "d".repeat(90) + "/" + "f".repeat(90);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "hello");
        for (String format : new String[] {"gnu", "pax", "ustar"}) {
            Path made = folder.resolve(format + ".tar");
            tar("--format=" + format, "-cf", made.toString(), "-C", folder.toString(), name);
            assertEquals(new FileTar(name, '0', 5), read(Files.readAllBytes(made)), format);
        }
    }

    @Test
    void aSizeBeyondTheOctalDigitsIsReadInBothWays() {
        byte[] binary = new TestTar().file("big", new byte[0]).bytes();
        binary[SIZE_AT] = (byte) 0x80;
        Arrays.fill(binary, SIZE_AT + 1, SIZE_AT + 12, (byte) 0);
        binary[SIZE_AT + 6] = 3; // 3 << 40
        assertEquals(3L << 40, read(summed(binary)).size());
        byte[] attribute = new TestTar()
                .entry("pax", 'x', "", "22 size=3298534883328\n".getBytes(UTF_8))
                .file("big", new byte[0])
                .bytes();
        assertEquals(3L << 40, read(attribute).size());
    }

    @Test
    void holesAreRefusedInsteadOfMisread() throws Exception {
        byte[] old = new TestTar().entry("sparse", 'S', "", new byte[0]).bytes();
        assertThrows(Failure.EngineNonsense.class, () -> read(old));
        byte[] pax = new TestTar()
                .entry("pax", 'x', "", "22 GNU.sparse.major=1\n".getBytes(UTF_8))
                .file("sparse", new byte[0])
                .bytes();
        Failure refused = assertThrows(Failure.EngineNonsense.class, () -> read(pax));
        assertTrue(refused.detail().contains("holes"), refused::detail);
    }

    @Test
    void whatIsNoTarIsSaidToBeNone() {
        byte[] wrongSum = new TestTar().file("a", new byte[0]).bytes();
        wrongSum[0] = 'b';
        assertThrows(Failure.EngineNonsense.class, () -> read(wrongSum));
        assertThrows(
                Failure.EngineNonsense.class,
                () -> read("no tar at all".repeat(50).getBytes(UTF_8)));
        for (String attributes : new String[] {"9 a=b\n", "x a=b\n", "999999999999999999999 a=b\n", "3 \n\n", "0 a"}) {
            byte[] broken = new TestTar()
                    .entry("pax", 'x', "", attributes.getBytes(UTF_8))
                    .file("a", new byte[0])
                    .bytes();
            assertThrows(Failure.EngineNonsense.class, () -> read(broken), attributes);
        }
        byte[] huge = new TestTar().entry("pax", 'x', "", new byte[0]).bytes();
        System.arraycopy("77777777777".getBytes(UTF_8), 0, huge, SIZE_AT, 11);
        assertThrows(Failure.EngineNonsense.class, () -> read(summed(huge)));
    }

    @Test
    void onlyARegularFileIsOne() {
        assertFalse(read(new TestTar().folder("a").bytes()).isRegularFile());
        assertFalse(read(new TestTar().link("a", "b").bytes()).isRegularFile());
    }

    /// In pieces of any size: the end of what passes by must not matter, only that of the tar.
    @Test
    void onlyAWholeTarPassesForOne() {
        byte[] whole = new TestTar()
                .folder("d")
                .entry("pax", 'x', "", "12 size=600\n".getBytes(UTF_8))
                .file("d/zeros", new byte[600])
                .hardLink("d/hard", "d/zeros")
                .file("d/more", new byte[5000])
                .bytes();
        for (int piece : new int[] {1, 511, 512, 513, 1000, whole.length}) {
            assertTrue(passes(whole, piece), "pieces of " + piece);
            for (int cut = 0; cut < whole.length; cut += 256) assertFalse(passes(Arrays.copyOf(whole, cut), piece));
        }
        byte[] followed = Arrays.copyOf(whole, whole.length + 40);
        Arrays.fill(followed, whole.length, followed.length, (byte) 'x');
        assertFalse(passes(followed, 512), "an error message behind it");
    }

    private static boolean passes(byte[] tar, int piece) {
        var check = new FileTarCheck();
        for (int at = 0; at < tar.length; at += piece) {
            byte[] next = Arrays.copyOfRange(tar, at, Math.min(tar.length, at + piece));
            check.pass(next, next.length);
        }
        return check.whole();
    }

    private static byte[] summed(byte[] tar) {
        Arrays.fill(tar, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) sum += tar[i] & 0xFF;
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(UTF_8), 0, tar, 148, 8);
        return tar;
    }

    private static String tar(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "tar";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS)) throw new UncheckedIOException(new IOException("tar hangs"));
        assertEquals(0, process.exitValue(), said);
        return said;
    }
}
