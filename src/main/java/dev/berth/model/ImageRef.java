package dev.berth.model;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of an image, normalised: `nginx` is `docker.io/library/nginx:latest`.
///
/// Prints in the familiar short form, `nginx:latest`, which parses to the same value again. Grammar:
/// <https://github.com/distribution/reference/blob/main/reference.go>.
///
/// @param domain the registry, `docker.io` unless another is named
/// @param path the repository within it, `library/` included
/// @param tag none only where there is a digest
public record ImageRef(String domain, String path, Optional<String> tag, Optional<Digest> digest) {
    private static final String HUB = "docker.io";
    private static final String OFFICIAL = "library/";
    private static final int LONGEST_NAME = 255;

    private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final String LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    private static final Pattern DOMAIN =
            Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?");
    private static final Pattern PATH = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern PARTS = Pattern.compile("(?<name>[^@]*?)(?::(?<tag>[^:/@]*))?(?:@(?<digest>.*))?");
    /// A name, a tag and a digest at their longest.
    private static final int LONGEST = LONGEST_NAME + 130 + 256;

    private static final Pattern LOOKS_LIKE_AN_ID = Pattern.compile("[0-9a-f]{64}");

    public ImageRef {
        // Lengths first: a pattern with repeated groups recurses, and a megabyte of a/a/a would end the stack.
        if (domain.length() + 1 + path.length() > LONGEST_NAME)
            throw new Failure.Invalid("the name of an image has at most 255 characters");
        if (!DOMAIN.matcher(domain).matches())
            throw new Failure.Invalid("'" + domain + "' is not the name of a registry");
        if (!PATH.matcher(path).matches())
            throw new Failure.Invalid(
                    path.toLowerCase(Locale.ROOT).equals(path)
                            ? "'" + path + "' is not the name of an image"
                            : "'" + path + "': the name of an image must be lower case");
        if (tag.isPresent() && !TAG.matcher(tag.get()).matches())
            throw new Failure.Invalid("'" + tag.get() + "' is not a tag");
        if (tag.isEmpty() && digest.isEmpty()) throw new Failure.Invalid("a reference needs a tag or a digest");
    }

    /// Reads what a person types; without tag and digest it means `latest`.
    ///
    /// @throws Failure.Invalid if it is no reference
    public static ImageRef parse(String text) {
        if (text.isBlank()) throw new Failure.Invalid("the name of an image must not be empty");
        if (text.length() > LONGEST) throw new Failure.Invalid("the name of an image has at most 255 characters");
        if (LOOKS_LIKE_AN_ID.matcher(text).matches())
            throw new Failure.Invalid("64 hex digits are an id, not the name of an image");
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) throw new Failure.Invalid("'" + text + "' is not the name of an image");
        String name = String.valueOf(parts.group("name"));
        Optional<String> tag = Optional.ofNullable(parts.group("tag"));
        Optional<Digest> digest = Optional.ofNullable(parts.group("digest")).map(Digest::new);
        if (tag.isEmpty() && digest.isEmpty()) tag = Optional.of("latest");
        String first = firstOf(name);
        boolean named = namesRegistry(first);
        String domain = named ? first : HUB;
        String path = named ? name.substring(first.length() + 1) : name;
        if (domain.equals("index.docker.io")) domain = HUB;
        if (domain.equals(HUB) && path.indexOf('/') < 0) path = OFFICIAL + path;
        return new ImageRef(domain, path, tag, digest);
    }

    /// The repository as people write it: `nginx`, `grafana/loki`, `host:5000/a/b`.
    public String repository() {
        if (!domain.equals(HUB) || namesRegistry(firstOf(path))) return domain + "/" + path;
        return path.startsWith(OFFICIAL) && path.indexOf('/', OFFICIAL.length()) < 0
                ? path.substring(OFFICIAL.length())
                : path;
    }

    public boolean sameRepository(ImageRef other) {
        return domain.equals(other.domain) && path.equals(other.path);
    }

    @Override
    public String toString() {
        return repository()
                + tag.map(it -> ":" + it).orElse("")
                + digest.map(it -> "@" + it).orElse("");
    }

    /// What stands before the first slash, empty if there is none.
    private static String firstOf(String name) {
        return name.substring(0, Math.max(0, name.indexOf('/')));
    }

    private static boolean namesRegistry(String first) {
        return first.contains(".") || first.contains(":") || first.equals("localhost") || hasUpperCase(first);
    }

    private static boolean hasUpperCase(String text) {
        return !text.toLowerCase(Locale.ROOT).equals(text);
    }
}
