package dev.berth.inside;

import dev.berth.model.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// An absolute path inside a container, without `.`, `..` and doubled slashes.
///
/// `..` is refused: where it leads depends on links, so taking it out of the text would mean another place.
///
/// @param parts none is the root
/// @param folder whether it was written as one, with a slash at its end
public record FilePath(List<String> parts, boolean folder) {
    private static final String FIELD = "path";
    /// The kernel's `PATH_MAX`.
    private static final int LONGEST = 4096;

    /// @throws Failure.Invalid if it is none
    public static FilePath parse(String text) {
        if (!text.startsWith("/")) throw new Failure.Invalid(FIELD, "must be absolute, as in /etc/hostname");
        if (text.indexOf('\0') >= 0) throw new Failure.Invalid(FIELD, "must not contain a NUL character");
        if (text.getBytes(StandardCharsets.UTF_8).length >= LONGEST)
            throw new Failure.Invalid(FIELD, "must be shorter than " + LONGEST + " bytes");
        List<String> parts = new ArrayList<>();
        for (String part : text.split("/", -1)) {
            if (part.equals("..")) throw new Failure.Invalid(FIELD, "must not contain '..'");
            if (!part.isEmpty() && !part.equals(".")) parts.add(part);
        }
        return new FilePath(List.copyOf(parts), text.endsWith("/") || text.endsWith("/."));
    }

    /// The last part; of the root, a slash.
    public String name() {
        return parts.isEmpty() ? "/" : parts.getLast();
    }

    /// The folder that it lies in; of the root, the root.
    FilePath parent() {
        return new FilePath(parts.isEmpty() ? parts : parts.subList(0, parts.size() - 1), false);
    }

    @Override
    public String toString() {
        return "/" + String.join("/", parts) + (folder && !parts.isEmpty() ? "/" : "");
    }
}
