package dev.berth.model;

/// How many characters a terminal shows.
public record TerminalSize(int rows, int columns) {
    /// The kernel keeps each in sixteen bits.
    public static final int MOST = 65_535;

    public TerminalSize {
        if (rows < 1 || rows > MOST || columns < 1 || columns > MOST)
            throw new Failure.Invalid("rows and columns must be from 1 to " + MOST);
    }
}
