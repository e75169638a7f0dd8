package dev.berth.engine;

import dev.berth.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Takes the values out of environments whose names look as if they were secret.
final class SecretValues {
    /// Rather one too many: an author is no secret, but a hidden one harms nobody.
    private static final Pattern SECRET =
            Pattern.compile("(?i)PASS|.PWD|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|PRIVATE|SIGNATURE|DSN$");

    /// `postgres://user:password@host`
    private static final Pattern IN_ADDRESS = Pattern.compile("(://[^/:@\\s]*:)[^@/\\s]+@");
    private static final String MASK = "***";

    private SecretValues() {}

    /// The engine's account of a container or image with stars for what is secret.
    static Json masked(Json shown) {
        return switch (shown) {
            case Json.Obj(var entries) -> {
                var copy = new TreeMap<String, Json>();
                entries.forEach(
                        (name, value) -> copy.put(name, name.equals("Env") ? environment(value) : masked(value)));
                yield new Json.Obj(copy);
            }
            case Json.Arr(var items) ->
                new Json.Arr(items.stream().map(SecretValues::masked).toList());
            case Json.Str _, Json.Num _, Json.Bool _, Json.Null _ -> shown;
        };
    }

    private static Json environment(Json environment) {
        if (!(environment instanceof Json.Arr(var items))) return environment;
        List<Json> masked = new ArrayList<>();
        for (Json item : items)
            masked.add(item.text().<Json>map(it -> Json.of(variable(it))).orElse(item));
        return new Json.Arr(masked);
    }

    private static String variable(String variable) {
        int equals = variable.indexOf('=');
        if (equals < 0) return variable;
        String name = variable.substring(0, equals);
        return SECRET.matcher(name).find()
                ? name + "=" + MASK
                : IN_ADDRESS.matcher(variable).replaceAll("$1" + MASK + "@");
    }
}
