package dev.berth.model;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// When updates may happen by themselves: `03:00-05:00`, `sat,sun 22:00-04:00`, in the local time of the
/// server. One that ends before it begins goes over midnight and belongs to the day on which it begins.
public record UpdateWindow(Set<DayOfWeek> days, LocalTime from, LocalTime to) {
    /// The label that says it.
    public static final String LABEL = "berth.update.window";

    public static final UpdateWindow ALWAYS =
            new UpdateWindow(EnumSet.allOf(DayOfWeek.class), LocalTime.MIN, LocalTime.MIN);

    private static final Pattern GRAMMAR = Pattern.compile(
            "(?:(?<days>[a-z]{3}(?:,[a-z]{3})*) +)?(?<from>\\d{2}:\\d{2})-(?<to>\\d{2}:\\d{2})",
            Pattern.CASE_INSENSITIVE);

    /// @throws Failure.Invalid if it is no window
    public static UpdateWindow parse(String text) {
        Matcher parts = GRAMMAR.matcher(text.strip());
        if (!parts.matches()) throw notOne(text);
        try {
            String days = parts.group("days");
            return new UpdateWindow(
                    days == null ? EnumSet.allOf(DayOfWeek.class) : days(days, text),
                    LocalTime.parse(String.valueOf(parts.group("from"))),
                    LocalTime.parse(String.valueOf(parts.group("to"))));
        } catch (java.time.DateTimeException noTime) {
            throw notOne(text);
        }
    }

    private static Set<DayOfWeek> days(String list, String text) {
        var days = EnumSet.noneOf(DayOfWeek.class);
        for (String word : list.toLowerCase(Locale.ROOT).split(",", -1)) {
            DayOfWeek day = Set.of(DayOfWeek.values()).stream()
                    .filter(it -> it.name().toLowerCase(Locale.ROOT).startsWith(word))
                    .findFirst()
                    .orElseThrow(() -> notOne(text));
            days.add(day);
        }
        return days;
    }

    private static Failure notOne(String text) {
        return new Failure.Invalid("'" + text + "' is not a window such as 03:00-05:00 or sat,sun 22:00-04:00");
    }

    public boolean contains(LocalDateTime moment) {
        LocalTime time = moment.toLocalTime();
        if (from.equals(to)) return days.contains(moment.getDayOfWeek());
        if (from.isBefore(to)) return days.contains(moment.getDayOfWeek()) && !time.isBefore(from) && time.isBefore(to);
        boolean began = days.contains(moment.getDayOfWeek()) && !time.isBefore(from);
        boolean goesOn = days.contains(moment.getDayOfWeek().minus(1)) && time.isBefore(to);
        return began || goesOn;
    }
}
