package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/// Images of which it matters only that they are large, and do not shrink when they are packed.
final class LargeImage {
    private LargeImage() {}

    /// Puts one into the lab's registry.
    ///
    /// @param name repository and tag
    static void publish(Lab lab, String name, int mebibytes) throws IOException {
        Path folder = Files.createTempDirectory("image");
        Path file = folder.resolve("content");
        try {
            var random = new Random(name.hashCode());
            byte[] some = new byte[1 << 20];
            try (OutputStream out = Files.newOutputStream(file)) {
                for (int i = 0; i < mebibytes; i++) {
                    random.nextBytes(some);
                    out.write(some);
                }
            }
            var output = lab.run("lab/push", lab.registry(), name, folder.toString(), "{}");
            assertEquals(0, output.code(), output::text);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }
}
