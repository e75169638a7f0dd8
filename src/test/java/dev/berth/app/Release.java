package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Versions of images in the lab's registry: busybox, some files and a configuration.
public final class Release {
    /// Ends at once when it is asked to.
    public static final String HEEDFUL =
            "\"/bin/busybox\", \"sh\", \"-c\", \"trap 'exit 0' TERM; while :; do /bin/busybox sleep 0.1; done\"";

    private Release() {}

    /// @param image repository and tag
    /// @param config of the image, as JSON
    /// @return the whole reference
    public static String publish(Lab lab, String image, Map<String, String> files, String config) {
        return publish(lab, image, files, config, List.of());
    }

    /// One that says it was built for another kind of machine.
    static String publishFor(Lab lab, String architecture, String image, String config) {
        return publish(lab, image, Map.of(), config, List.of(architecture));
    }

    private static String publish(
            Lab lab, String image, Map<String, String> files, String config, List<String> further) {
        try {
            Path folder = Files.createTempDirectory("release");
            try {
                Path bin = Files.createDirectories(folder.resolve("bin"));
                Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
                Files.createSymbolicLink(bin.resolve("sh"), Path.of("busybox"));
                Files.createDirectories(folder.resolve("tmp"));
                for (Map.Entry<String, String> file : files.entrySet())
                    Files.writeString(folder.resolve(file.getKey()), file.getValue());
                var command = new ArrayList<>(List.of("lab/push", lab.registry(), image, folder.toString(), config));
                command.addAll(further);
                Lab.Output output = lab.run(command.toArray(String[]::new));
                assertEquals(0, output.code(), output::text);
                return lab.registry() + "/" + image;
            } finally {
                delete(folder);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
