package dev.berth.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The grammar of image references that the field shares, and the short form that people write.
class ImageRefTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final String DIGEST = "sha256:" + HEX;

    @ParameterizedTest
    @CsvSource({
        "nginx,                             docker.io,        library/nginx,   latest",
        "nginx:1.27,                        docker.io,        library/nginx,   1.27",
        "library/nginx,                     docker.io,        library/nginx,   latest",
        "docker.io/nginx,                   docker.io,        library/nginx,   latest",
        "docker.io/library/nginx:latest,    docker.io,        library/nginx,   latest",
        "index.docker.io/nginx,             docker.io,        library/nginx,   latest",
        "grafana/loki,                      docker.io,        grafana/loki,    latest",
        "a/b/c,                             docker.io,        a/b/c,           latest",
        "localhost/a,                       localhost,        a,               latest",
        "localhost:5000/a:b,                localhost:5000,   a,               b",
        "host:5000/a/b:v1,                  host:5000,        a/b,             v1",
        "registry.example/a,                registry.example, a,               latest",
        "UPPER/a,                           UPPER,            a,               latest",
        "Upper.Example:1/a,                 Upper.Example:1,  a,               latest",
        "[::1]:5000/a:b,                    [::1]:5000,       a,               b",
        "[2001:db8::1]/a,                   [2001:db8::1],    a,               latest",
        "127.0.0.1:80/a,                    127.0.0.1:80,     a,               latest",
        "host:5000,                         docker.io,        library/host,    5000",
        "docker.io,                         docker.io,        library/docker.io, latest",
        "localhost,                         docker.io,        library/localhost, latest",
        "a__b/c--d.e_f,                     docker.io,        a__b/c--d.e_f,   latest",
        "a:_x.-Y9,                          docker.io,        library/a,       _x.-Y9"
    })
    void readsWhatPeopleWrite(String text, String domain, String path, String tag) {
        ImageRef ref = ImageRef.parse(text);
        assertEquals(domain, ref.domain());
        assertEquals(path, ref.path());
        assertEquals(tag, ref.tag().orElse(""));
        assertTrue(ref.digest().isEmpty());
    }

    @Test
    void takesADigestWithAndWithoutATag() {
        ImageRef pinned = ImageRef.parse("nginx@" + DIGEST);
        assertTrue(pinned.tag().isEmpty(), "a digest needs no latest");
        assertEquals(DIGEST, pinned.digest().orElseThrow().text());
        ImageRef both = ImageRef.parse("host:5000/a/b:v1@" + DIGEST);
        assertEquals("v1", both.tag().orElseThrow());
        assertEquals("host:5000/a/b:v1@" + DIGEST, both.toString());
    }

    static Stream<String> noReferences() {
        return Stream.of(
                "",
                " ",
                "Nginx",
                "a/B",
                "docker.io/Nginx",
                HEX,
                "a:",
                ":a",
                "/a",
                "a/",
                "a//b",
                "-a",
                "a-",
                "a..b",
                "a___b",
                "_a",
                ".a",
                "a b",
                "a:b c",
                "a:-b",
                "a:.b",
                "a:b/c:d/e",
                "a:" + "t".repeat(129),
                "a@",
                "a@sha256:",
                "a@sha256:abc",
                "a@sha256:" + "z".repeat(64),
                "a@" + DIGEST.toUpperCase(java.util.Locale.ROOT),
                "a@sha256:" + HEX + "0",
                "a@" + DIGEST + "@" + DIGEST,
                "a@sha512:" + HEX,
                "@" + DIGEST,
                "host:/a",
                "ho_st.x/a",
                "[::1/a",
                "a\nb",
                "a:b\n",
                "a\u0000",
                "ä",
                "a/" + "b".repeat(255),
                "https://registry.example/a");
    }

    @ParameterizedTest
    @MethodSource("noReferences")
    void refusesWhatIsNone(String text) {
        Failure.Invalid refusal = assertThrows(Failure.Invalid.class, () -> ImageRef.parse(text));
        assertFalse(refusal.detail().isBlank());
    }

    @Test
    void saysThatNamesAreLowerCase() {
        Failure.Invalid refusal = assertThrows(Failure.Invalid.class, () -> ImageRef.parse("Nginx"));
        assertTrue(refusal.detail().contains("lower case"), refusal.detail());
    }

    @Test
    void saysThatSixtyFourHexDigitsAreAnId() {
        Failure.Invalid refusal = assertThrows(Failure.Invalid.class, () -> ImageRef.parse(HEX));
        assertTrue(refusal.detail().contains("an id"), refusal.detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/", "a.", "a:", "a-", "a@", "[", "sha256:", "a@b.c."})
    void refusesAMegabyteWithoutEndingTheStack(String piece) {
        String text = piece.repeat((1 << 20) / piece.length()) + "a";
        assertThrows(Failure.Invalid.class, () -> ImageRef.parse(text));
    }

    @Test
    void takesNamesUpToTheLongest() {
        String longest = "host.example/" + "b".repeat(255 - "host.example/".length());
        assertEquals(longest + ":latest", ImageRef.parse(longest).toString());
        assertThrows(Failure.Invalid.class, () -> ImageRef.parse(longest + "b"));
        assertEquals(
                "a:" + "t".repeat(128), ImageRef.parse("a:" + "t".repeat(128)).toString());
    }

    static List<String> manyReferences() {
        var random = new Random(11);
        var domains =
                List.of("", "docker.io/", "index.docker.io/", "localhost/", "localhost:5000/", "r.example/", "X/");
        var paths =
                List.of("a", "library/a", "a/b", "a.b/c", "localhost/c", "library/a/b", "a__b", HEX, "library/a.b/c");
        var tags = List.of("", ":latest", ":v1", ":5000", ":" + HEX);
        var digests = List.of("", "@" + DIGEST, "@sha512:" + HEX + HEX, "@other+b64:" + "A_=-".repeat(8));
        var all = new ArrayList<String>();
        for (String domain : domains)
            for (String path : paths)
                for (String tag : tags)
                    for (String digest : digests)
                        if (!(domain + path + tag + digest).equals(HEX)) all.add(domain + path + tag + digest);
        for (int i = 0; i < 200; i++)
            all.add(name(random) + "/" + name(random) + ":" + name(random).replace(".", "_"));
        return all;
    }

    private static String name(Random random) {
        return random.ints(random.nextInt(1, 12), 'a', 'z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .insert(0, random.nextBoolean() ? "a." : "b-")
                .toString();
    }

    @ParameterizedTest
    @MethodSource("manyReferences")
    void readsBackWhatItPrints(String text) {
        ImageRef ref = ImageRef.parse(text);
        assertEquals(ref, ImageRef.parse(ref.toString()), ref::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io/library/nginx, nginx:latest",
        "docker.io/grafana/loki, grafana/loki:latest",
        "localhost/nginx, localhost/nginx:latest",
        "docker.io/localhost/x, docker.io/localhost/x:latest",
        "docker.io/a.b/c, docker.io/a.b/c:latest"
    })
    void printsTheShortFormUnlessThatWouldMeanAnotherRegistry(String text, String printed) {
        assertEquals(printed, ImageRef.parse(text).toString());
    }

    @Test
    void knowsItsRepositoryWhateverTheTag() {
        assertTrue(ImageRef.parse("nginx:1").sameRepository(ImageRef.parse("docker.io/library/nginx@" + DIGEST)));
        assertFalse(ImageRef.parse("nginx").sameRepository(ImageRef.parse("localhost/nginx")));
    }
}
