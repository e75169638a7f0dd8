package dev.berth.images;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Where Docker's command line keeps registry credentials for this user, and where the programs are that
/// it leaves that to.
///
/// @param file need not exist
/// @param programs folders, searched in this order
public record DockerConfig(Path file, List<Path> programs) {
    private static final String FILE = "config.json";

    /// @param environment `DOCKER_CONFIG` or `HOME`, and `PATH`
    public static DockerConfig read(Map<String, String> environment) {
        String folder = environment.getOrDefault("DOCKER_CONFIG", "");
        Path file = folder.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", "/root"), ".docker", FILE)
                : Path.of(folder, FILE);
        return new DockerConfig(
                file,
                Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
                        .flatMap(DockerConfig::folder)
                        .toList());
    }

    /// An empty or relative one would mean wherever the server happens to stand.
    private static Stream<Path> folder(String text) {
        try {
            return Stream.of(Path.of(text)).filter(Path::isAbsolute);
        } catch (InvalidPathException none) {
            return Stream.empty();
        }
    }
}
