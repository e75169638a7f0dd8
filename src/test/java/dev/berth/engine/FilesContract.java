package dev.berth.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import dev.berth.model.FileStat.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// What holds of every engine when files go in and come out.
interface FilesContract {
    Engine engine();

    SpecDraft sleeper();

    private EngineFiles files() {
        return engine().files();
    }

    private ContainerId standing() {
        return engine().containers().create(sleeper().spec());
    }

    private void write(ContainerId id, String folder, byte[] tar) {
        try (EngineUpload upload = files().write(id, folder)) {
            upload.send(new ByteArrayInputStream(tar), OptionalLong.of(tar.length));
        }
    }

    private byte[] read(ContainerId id, String path) {
        try (EngineDownload download = files().read(id, path)) {
            var all = new ByteArrayOutputStream();
            byte[] piece = new byte[1000];
            for (int count = download.read(piece, 0, 1000); count >= 0; count = download.read(piece, 0, 1000))
                all.write(piece, 0, count);
            return all.toByteArray();
        }
    }

    @Test
    default void whatWasUnpackedIsThereAndComesBack() {
        ContainerId id = standing();
        byte[] content = new byte[100_000];
        Arrays.fill(content, (byte) 'x');
        write(id, "/", new TestTar().folder("d").file("d/f", content).bytes());
        assertEquals(Kind.FOLDER, files().stat(id, "/d").kind());
        assertEquals(Kind.FILE, files().stat(id, "/d/f").kind());
        assertEquals(100_000, files().stat(id, "/d/f").size());
        assertEquals(0644, files().stat(id, "/d/f").permissions());
        assertEquals("f", files().stat(id, "/d/f").name());
        Map<String, byte[]> file = TestTar.files(read(id, "/d/f"));
        assertArrayEquals(content, file.get("f"));
        assertEquals(Map.of("d/", 0, "d/f", 100_000), lengths(TestTar.files(read(id, "/d"))));
    }

    private static Map<String, Integer> lengths(Map<String, byte[]> files) {
        var lengths = new java.util.TreeMap<String, Integer>();
        files.forEach((name, content) -> lengths.put(name, content.length));
        return lengths;
    }

    @Test
    default void aTarWithoutAnAnnouncedLengthIsUnpackedToo() {
        ContainerId id = standing();
        byte[] tar = new TestTar().file("f", "hello".getBytes(UTF_8)).bytes();
        try (EngineUpload upload = files().write(id, "/")) {
            upload.send(new ByteArrayInputStream(tar), OptionalLong.empty());
        }
        assertEquals(5, files().stat(id, "/f").size());
    }

    @Test
    default void whatIsNotThereIsSaidToBeMissing() {
        ContainerId id = standing();
        byte[] tar = new TestTar().file("f", new byte[1]).bytes();
        for (Runnable missing :
                new Runnable[] {() -> files().stat(id, "/nope"), () -> read(id, "/nope"), () -> write(id, "/nope", tar)
                })
            assertEquals(
                    "no-such-file",
                    assertThrows(Failure.NotFound.class, missing::run).code());
        ContainerId nobody = ChangeContract.NOBODY;
        for (Runnable missing :
                new Runnable[] {() -> files().stat(nobody, "/"), () -> read(nobody, "/"), () -> write(nobody, "/", tar)
                })
            assertEquals(
                    "no-such-container",
                    assertThrows(Failure.NotFound.class, missing::run).code());
    }

    @Test
    default void aFileIsNoFolderToUnpackInto() {
        ContainerId id = standing();
        byte[] tar = new TestTar().file("f", new byte[1]).bytes();
        write(id, "/", tar);
        assertEquals(
                "not-a-folder",
                assertThrows(Failure.Conflict.class, () -> write(id, "/f", tar)).code());
    }

    @Test
    default void aFolderIsNotReplacedByAFile() {
        ContainerId id = standing();
        write(id, "/", new TestTar().folder("d").file("d/f", new byte[1]).bytes());
        Failure refused = assertThrows(
                Failure.Conflict.class,
                () -> write(id, "/", new TestTar().file("d", new byte[1]).bytes()));
        assertEquals("not-a-file", refused.code());
        assertTrue(refused.engineMessage().orElse("").contains("cannot overwrite"), refused::toString);
        assertEquals(1, files().stat(id, "/d/f").size());
    }

    @Test
    default void aTarThatBreaksOffIsRefused() {
        ContainerId id = standing();
        byte[] tar = Arrays.copyOf(new TestTar().file("f", new byte[5000]).bytes(), 3000);
        assertEquals(
                "copy-refused",
                assertThrows(Failure.Rejected.class, () -> write(id, "/", tar)).code());
    }

    @Test
    default void nothingOfWhatIsSentIsReadWhereItCannotGo() {
        var unread = new InputStream() {
            private int asked;

            @Override
            public int read() {
                asked++;
                return -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                return read();
            }
        };
        try (EngineUpload upload = files().write(standing(), "/nope")) {
            assertThrows(Failure.NotFound.class, () -> upload.send(unread, OptionalLong.of(5)));
        }
        assertEquals(0, unread.asked);
    }

    @Test
    default void afterItsEndACopyGoesNoFurther() {
        ContainerId id = standing();
        write(id, "/", new TestTar().file("f", new byte[3 << 20]).bytes());
        EngineDownload download = files().read(id, "/f");
        assertEquals(10, download.read(new byte[10], 0, 10));
        download.close();
        download.close();
        byte[] rest = new byte[4 << 20];
        assertThrows(Failure.Cancelled.class, () -> {
            while (download.read(rest, 0, rest.length) >= 0) {
                // what was on its way already
            }
        });
        EngineUpload upload = files().write(id, "/");
        upload.close();
        byte[] tar = new TestTar().file("g", new byte[1]).bytes();
        assertThrows(
                Failure.Cancelled.class, () -> upload.send(new ByteArrayInputStream(tar), OptionalLong.of(tar.length)));
        assertThrows(Failure.NotFound.class, () -> files().stat(id, "/g"));
    }
}
