package dev.berth.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The shape of a path. Fixed parts win over variable ones because routes with fewer variables are asked first.
///
/// @param text as it is written in the API document
public record PathPattern(String text, List<String> parts) {
    private static final String REST = "...}";

    static PathPattern parse(String path) {
        return new PathPattern(path.replace("...", ""), split(path));
    }

    /// The segments of a raw path, still encoded; none if it does not begin with a slash.
    static List<String> split(String path) {
        return path.startsWith("/") ? List.of(path.substring(1).split("/", -1)) : List.of();
    }

    int length() {
        return parts.size();
    }

    int variables() {
        return (int) parts.stream().filter(PathPattern::isVariable).count();
    }

    /// The variable parts of a path's segments, decoded; none if it has another shape.
    Optional<Map<String, String>> match(List<String> segments) {
        boolean takesRest = parts.stream().anyMatch(it -> it.endsWith(REST));
        int more = segments.size() - parts.size(); // what the rest takes beyond one
        if (takesRest ? more < 0 : more != 0) return Optional.empty();
        var values = new TreeMap<String, String>();
        int at = 0;
        for (String part : parts) {
            int end = at + 1 + (part.endsWith(REST) ? more : 0);
            String text = join(segments.subList(at, end));
            at = end;
            if (isVariable(part)) {
                if (text.isEmpty()) return Optional.empty();
                values.put(
                        part.replace("...", "")
                                .substring(1, part.replace("...", "").length() - 1),
                        text);
            } else if (!part.equals(text)) return Optional.empty();
        }
        return Optional.of(values);
    }

    private static String join(List<String> segments) {
        var decoded = new ArrayList<String>();
        for (String segment : segments) decoded.add(Percent.decode("path", segment));
        return String.join("/", decoded);
    }

    private static boolean isVariable(String part) {
        return part.startsWith("{");
    }
}
