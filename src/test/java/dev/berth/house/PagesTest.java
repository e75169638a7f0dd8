package dev.berth.house;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// A file is a page: most are short, none is long without a reason.
class PagesTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/berth");
    private static final int LONGEST = 400;
    private static final int MEDIAN = 90;
    private static final int NINETIETH = 250;

    /// Longer files, each with its reason: `room/File.java`, why it is one page all the same.
    private static final Map<String, String> REASONS = Map.of();

    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^public (?:(?:abstract|final|sealed|non-sealed) )*(?:class|record|interface|enum|@interface) ",
            Pattern.MULTILINE);

    record Page(String name, int lines, String text) {
        boolean isCaption() {
            return name.endsWith("package-info.java");
        }
    }

    @Test
    void noPageIsLongWithoutAReason() throws IOException {
        assertEquals("", list(tooLong(pages(), REASONS)));
    }

    @Test
    void noReasonOutlivesItsPage() throws IOException {
        List<Page> stillLong = tooLong(pages(), Map.of());
        assertTrue(
                stillLong.stream().map(Page::name).toList().containsAll(REASONS.keySet()),
                "these need no exception any more: " + REASONS.keySet());
    }

    @Test
    void mostPagesAreShort() throws IOException {
        List<Integer> lines = lengths(pages());
        assertTrue(quantile(lines, 50) <= MEDIAN, "the median page has " + quantile(lines, 50) + " lines");
        assertTrue(quantile(lines, 90) <= NINETIETH, "one page in ten is over " + quantile(lines, 90) + " lines");
    }

    @Test
    void theReportNamesWhatEachRoomShows(TestReporter report) throws IOException {
        List<Page> pages = pages();
        Map<String, Long> shown = pages.stream()
                .filter(page -> PUBLIC_TYPE.matcher(page.text()).find())
                .collect(groupingBy(
                        page -> page.name().substring(0, page.name().indexOf('/')), TreeMap::new, counting()));
        report.publishEntry("public types per room", shown.toString());
        report.publishEntry(
                "lines per page",
                "median " + quantile(lengths(pages), 50) + ", p90 " + quantile(lengths(pages), 90) + ", longest "
                        + quantile(lengths(pages), 100));
        assertTrue(shown.values().stream().mapToLong(count -> count).sum() > 0);
    }

    @Test
    void aLongPageIsFoundAndAReasonExcusesIt() {
        Page page = new Page("web/Everything.java", LONGEST + 1, "");
        Page edge = new Page("web/Edge.java", LONGEST, "");
        assertEquals("web/Everything.java: 401 lines", list(tooLong(List.of(page, edge), Map.of())));
        assertEquals("", list(tooLong(List.of(page, edge), Map.of("web/Everything.java", "it is a table"))));
    }

    @Test
    void aQuantileIsAPageThatExists() {
        assertEquals(2, quantile(List.of(1, 2, 3), 50));
        assertEquals(9, quantile(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 90));
        assertEquals(7, quantile(List.of(7), 90));
    }

    private static List<Page> pages() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> java = files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
            assertTrue(java.size() > 0, "no sources");
            List<Page> pages = new ArrayList<>();
            for (Path file : java) {
                String text = Files.readString(file);
                pages.add(new Page(
                        SOURCES.relativize(file).toString(), (int) text.lines().count(), text));
            }
            return pages.stream().filter(Predicate.not(Page::isCaption)).toList();
        }
    }

    private static List<Page> tooLong(List<Page> pages, Map<String, String> reasons) {
        return pages.stream()
                .filter(page -> page.lines() > LONGEST && !reasons.containsKey(page.name()))
                .toList();
    }

    private static String list(List<Page> pages) {
        return pages.stream()
                .map(page -> page.name() + ": " + page.lines() + " lines")
                .collect(joining("\n"));
    }

    private static List<Integer> lengths(List<Page> pages) {
        return pages.stream().map(Page::lines).sorted().toList();
    }

    /// The nearest-rank quantile of sorted numbers.
    private static int quantile(List<Integer> sorted, int percent) {
        return sorted.get(Math.max(0, Math.ceilDiv(sorted.size() * percent, 100) - 1));
    }
}
