package dev.berth.feed;

import dev.berth.model.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The number of an event. It grows with every event of one life of the server; the epoch tells the lives apart.
///
/// @param epoch when the life began, in milliseconds since 1970
/// @param sequence from 1; 0 is before the first
public record EventId(long epoch, long sequence) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\.(\\d{1,18})");

    /// @throws Failure.Invalid if it is no such id
    public static EventId parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) throw new Failure.Invalid("is not an id of this stream");
        return new EventId(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
    }

    EventId next() {
        return new EventId(epoch, sequence + 1);
    }

    @Override
    public String toString() {
        return epoch + "." + sequence;
    }
}
