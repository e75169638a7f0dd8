package dev.berth.model;

import java.util.Arrays;
import java.util.Locale;

/// How a container wants to be updated.
public enum UpdateRule {
    /// By nobody.
    OFF,
    /// When somebody asks; as long as nobody does it is only told that there is something newer.
    NOTIFY,
    /// By itself, within its window.
    AUTO;

    /// The label that says it.
    public static final String LABEL = "berth.update";

    /// @throws Failure.Invalid if it is none
    public static UpdateRule parse(String text) {
        return Arrays.stream(values())
                .filter(it ->
                        it.name().toLowerCase(Locale.ROOT).equals(text.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new Failure.Invalid("'" + text + "' is not one of off, notify, auto"));
    }
}
