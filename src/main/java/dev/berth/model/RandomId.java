package dev.berth.model;

import java.util.random.RandomGenerator;

/// Makes names that nobody else has.
public final class RandomId {
    private static final String ALPHABET =
            "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's base 32: nothing to misread

    private RandomId() {}

    /// @param length in characters of 5 bits each
    public static String next(RandomGenerator random, int length) {
        var id = new StringBuilder(length);
        for (int i = 0; i < length; i++) id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        return id.toString();
    }
}
