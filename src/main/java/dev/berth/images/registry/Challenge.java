package dev.berth.images.registry;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a registry wants to be shown who asks: a `WWW-Authenticate`.
///
/// @param scheme in lower case: `basic` or `bearer`
/// @param parameters by name in lower case: `realm`, `service`, `scope`
record Challenge(String scheme, Map<String, String> parameters) {
    private static final Pattern SCHEME = Pattern.compile("\\s*(\\w+)(?:\\s+|$)");
    private static final Pattern PARAMETER =
            Pattern.compile("(\\w+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s,\"]+))");

    /// The one that can be met; a token is asked for before a password is shown.
    static Optional<Challenge> best(Collection<String> headers) {
        Optional<Challenge> basic = Optional.empty();
        for (String header : headers) {
            Matcher scheme = SCHEME.matcher(header);
            if (!scheme.lookingAt()) continue;
            var challenge =
                    new Challenge(scheme.group(1).toLowerCase(Locale.ROOT), parameters(header.substring(scheme.end())));
            if (challenge.scheme().equals("bearer") && challenge.parameters().containsKey("realm"))
                return Optional.of(challenge);
            if (challenge.scheme().equals("basic")) basic = Optional.of(challenge);
        }
        return basic;
    }

    private static Map<String, String> parameters(String text) {
        var parameters = new TreeMap<String, String>();
        Matcher parameter = PARAMETER.matcher(text);
        while (parameter.find()) {
            String quoted = parameter.group(2);
            parameters.putIfAbsent(
                    parameter.group(1).toLowerCase(Locale.ROOT),
                    quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
        }
        return parameters;
    }

    boolean isBasic() {
        return scheme.equals("basic");
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
