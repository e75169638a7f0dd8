package dev.berth.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What no file of this project says. The patterns are put together so that this page does not match itself.
class WordsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Set<String> NOT_OURS =
            Set.of(".git", "target", "node_modules", ".data", ".idea", ".vscode", ".settings");

    /// A folder of one machine, named from the root: `a/work/b` and `${dir}/work` are something else.
    private static final Pattern PLACES =
            Pattern.compile("(?<![\\w.$})-])/(?:" + "work|farm|home|Users" + ")/" + "|" + "\\.\\./" + "shared");

    private static final Pattern LEFTOVERS = Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME)\\b|(?i:sub-?" + "agent)");

    /// Tests that are switched off, and tests that wait for the clock instead of for what they wait for.
    private static final Pattern IN_TESTS =
            Pattern.compile("@Dis" + "abled|\\bThread(?:\\.|::)" + "sleep|\\bTimeUnit\\.\\w+\\." + "sleep");

    private static final Pattern MOCKS = Pattern.compile("<artifactId>[^<]*mo" + "ck[^<]*</artifactId>");

    @Test
    void noFileNamesAPlaceOrLeavesAWordBehind() throws IOException {
        assertEquals("", String.join("\n", faultsOfTheProject()));
    }

    @Test
    void theWalkSeesTheProject() throws IOException {
        List<Path> files = files();
        assertTrue(files.contains(Path.of("pom.xml")));
        assertTrue(files.contains(Path.of("src/test/java/dev/berth/house/WordsTest.java")));
        assertTrue(files.stream().noneMatch(file -> file.startsWith("target") || file.startsWith(".git")));
    }

    @Test
    void plantedWordsAreFound() {
        String code = "src/main/java/A.java";
        String test = "src/test/java/ATest.java";
        assertEquals(1, faults(code, "open(\"" + "/wo" + "rk/main\")").size());
        assertEquals(1, faults(code, "cd " + "/ho" + "me/ann/x").size());
        assertEquals(1, faults(code, "see .." + "/sha" + "red/notes").size());
        assertEquals(1, faults(code, "ok\n// TO" + "DO later\n").size());
        assertEquals(1, faults(code, "// FIX" + "ME").size());
        assertEquals(1, faults(code, "a Sub" + "agent wrote this").size());
        assertEquals(1, faults(test, "@Dis" + "abled(\"flaky\")").size());
        assertEquals(1, faults(test, "Thread." + "sleep(100);").size());
        assertEquals(
                1,
                faults("pom.xml", "<artifactId>mo" + "ckito-core</artifactId>").size());
        assertEquals(
                code + ":2: // FIX" + "ME",
                faults(code, "one\n  // FIX" + "ME\n").getFirst());
    }

    @Test
    void innocentWordsAreNot() {
        assertEquals(List.of(), faults("lab/engine", "mkdir -p \"$base/work/x\" ${dir}/work/ http://host/home/"));
        assertEquals(List.of(), faults("src/main/java/A.java", "Pause REAL = Thread::" + "sleep; TODOS"));
        assertEquals(List.of(), faults("docs/a.md", "<artifactId>mo" + "ckito-core</artifactId>"));
    }

    private static List<String> faultsOfTheProject() throws IOException {
        List<String> faults = new ArrayList<>();
        for (Path file : files()) {
            String text = Files.readString(ROOT.resolve(file), StandardCharsets.ISO_8859_1);
            faults.addAll(faults(file.toString(), text));
        }
        return faults;
    }

    private static List<String> faults(String file, String text) {
        List<Pattern> patterns = new ArrayList<>(List.of(PLACES, LEFTOVERS));
        if (file.startsWith("src/test/")) patterns.add(IN_TESTS);
        if (file.equals("pom.xml")) patterns.add(MOCKS);
        List<String> lines = text.lines().toList();
        List<String> faults = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (patterns.stream().anyMatch(pattern -> pattern.matcher(line).find()))
                faults.add(file + ":" + (i + 1) + ": " + line.strip());
        }
        return faults;
    }

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_OURS.contains(name(folder)) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && !NOT_OURS.contains(name(file))) files.add(ROOT.relativize(file));
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    private static String name(Path path) {
        return path.getFileName() == null ? "" : path.getFileName().toString();
    }
}
