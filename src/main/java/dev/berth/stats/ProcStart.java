package dev.berth.stats;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// When a process began, in ticks since the host's start: a pid that was given away again has another one.
record ProcStart(String ticks) {
    private static final int FIELD = 22;

    /// What follows the name is field 3.
    private static final int AFTER_NAME = 3;

    /// @param process its folder in `/proc`
    static ProcStart of(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
        // The name is in parentheses and may hold some itself, and blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields.length <= FIELD - AFTER_NAME) throw new IOException("no start time in " + process);
        return new ProcStart(fields[FIELD - AFTER_NAME]);
    }
}
