package dev.berth.web;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The `Date` of an answer, formatted once a second: RFC 9110, section 5.6.7.
///
/// @param second since 1970
record HttpDate(long second, String text) {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static volatile HttpDate latest = new HttpDate(Long.MIN_VALUE, "");

    /// Of a time that is not now.
    static String once(Instant time) {
        return FORMAT.format(time);
    }

    static String of(Instant now) {
        HttpDate known = latest;
        if (known.second() != now.getEpochSecond())
            latest = known = new HttpDate(now.getEpochSecond(), FORMAT.format(now));
        return known.text();
    }
}
