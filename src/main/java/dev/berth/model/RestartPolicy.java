package dev.berth.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// When the engine starts a container again by itself.
///
/// @param retries for `ON_FAILURE` only: how often at most, 0 for without end
public record RestartPolicy(Kind kind, int retries) {
    public static final RestartPolicy NO = new RestartPolicy(Kind.NO, 0);

    private static final Pattern GRAMMAR =
            Pattern.compile("(no|always|unless-stopped|on-failure)(?:(?<=on-failure):(\\d{1,6}))?");

    /// The policies that engines know.
    public enum Kind {
        NO,
        ON_FAILURE,
        ALWAYS,
        UNLESS_STOPPED;

        /// As engines write it.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public RestartPolicy {
        if (retries < 0 || (retries > 0 && kind != Kind.ON_FAILURE))
            throw new Failure.Invalid("only on-failure takes a number of retries");
    }

    /// Reads `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:<n>`.
    public static RestartPolicy parse(String text) {
        Matcher parts = GRAMMAR.matcher(text);
        if (!parts.matches())
            throw new Failure.Invalid(
                    "'" + text + "' is not one of no, on-failure, on-failure:<n>, always, unless-stopped");
        Kind kind = Kind.valueOf(parts.group(1).toUpperCase(Locale.ROOT).replace('-', '_'));
        return new RestartPolicy(kind, parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2)));
    }

    @Override
    public String toString() {
        return retries > 0 ? kind.word() + ":" + retries : kind.word();
    }
}
