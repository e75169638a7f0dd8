package dev.berth.web;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The keys of a list: short ids, lengthened where two ids begin alike.
final class ShortIds {
    private ShortIds() {}

    /// @param ids full ids of one kind
    /// @param least how many characters a key has at least
    /// @return each id's key
    static Map<String, String> of(Collection<String> ids, int least) {
        List<String> sorted = List.copyOf(new TreeSet<>(ids));
        var keys = new HashMap<String, String>();
        for (int i = 0; i < sorted.size(); i++) {
            String id = sorted.get(i);
            int before = i == 0 ? 0 : common(sorted.get(i - 1), id);
            int after = i == sorted.size() - 1 ? 0 : common(id, sorted.get(i + 1));
            int length = Math.max(least, Math.max(before, after) + 1);
            keys.put(id, id.substring(0, Math.min(id.length(), length)));
        }
        return keys;
    }

    private static int common(String a, String b) {
        int length = Math.min(a.length(), b.length());
        int same = 0;
        while (same < length && a.charAt(same) == b.charAt(same)) same++;
        return same;
    }
}
