package dev.berth.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.containers.EnvironmentReader;
import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.ExecSpec;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import dev.berth.model.TerminalSize;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// What a client wants to run inside a container: the body of a POST, or the query of a terminal.
///
/// @param input what the command reads
/// @param size of its terminal
@SuppressWarnings("ArrayRecordComponent") // it is handed on, never compared
record ExecBody(ExecSpec spec, Optional<byte[]> input, Duration limit, Optional<TerminalSize> size) {
    static final Set<String> QUERY = Set.of("command", "tty", "env", "user", "working_dir", "rows", "cols");
    private static final int USUAL_SECONDS = 60;
    private static final int LONGEST_SECONDS = 3600;
    private static final int USUAL_ROWS = 24;
    private static final int USUAL_COLUMNS = 80;

    /// @throws Failure.Invalid with everything that is wrong
    static ExecBody read(Request request) {
        var faults = new Faults();
        Json body = request.json(faults);
        Fields fields = Fields.of(body, "", faults);
        if (fields.raw("command").isEmpty()) faults.add("command", "is required: a list, the program first");
        List<String> command = fields.strings("command").orElse(List.of());
        if (fields.raw("command").filter(it -> it instanceof Json.Arr).isPresent()) checkCommand(command, faults);
        List<String> environment = new EnvironmentReader(fields, faults).read("env");
        Optional<String> user = fields.string("user");
        Optional<String> folder = fields.string("working_dir");
        check(user, folder, faults);
        Optional<byte[]> input = fields.raw("stdin").flatMap(it -> input(it, faults));
        long seconds = fields.whole("timeout_seconds", 1, LONGEST_SECONDS).orElse(USUAL_SECONDS);
        fields.refuseUnknown();
        faults.throwIfAny();
        var spec = new ExecSpec(command, environment, user, folder, input.isPresent(), false);
        return new ExecBody(spec, input, Duration.ofSeconds(seconds), Optional.empty());
    }

    /// @throws Failure.Invalid with everything that is wrong
    static ExecBody read(Query query) {
        var faults = new Faults();
        List<String> command = command(query.all("command"), faults);
        checkCommand(command, faults);
        List<String> environment = query.all("env");
        for (int i = 0; i < environment.size(); i++)
            EnvironmentReader.check(environment.get(i), "env[" + i + "]", faults);
        Optional<String> user = read(() -> query.one("user"), Optional.empty(), faults);
        Optional<String> folder = read(() -> query.one("working_dir"), Optional.empty(), faults);
        check(user, folder, faults);
        boolean tty = read(() -> query.one("tty").isEmpty() || query.flag("tty"), true, faults);
        Optional<TerminalSize> size = size(query, tty, faults);
        faults.throwIfAny();
        return new ExecBody(
                new ExecSpec(command, environment, user, folder, true, tty), Optional.empty(), Duration.ZERO, size);
    }

    /// One word each time it stands there; or all of them at once as a list in JSON.
    private static List<String> command(List<String> given, Faults faults) {
        if (given.size() != 1 || !given.getFirst().startsWith("[")) return given;
        try {
            Json list = JsonReader.request(given.getFirst().getBytes(UTF_8), faults);
            if (list.items().stream().allMatch(it -> it instanceof Json.Str)) return list.texts();
            faults.add("command", "must hold strings");
        } catch (JsonReader.Broken broken) {
            faults.add("command", "begins like a list in JSON, and is none: " + broken.getMessage());
        }
        return given;
    }

    private static void checkCommand(List<String> command, Faults faults) {
        if (command.isEmpty() || command.getFirst().isEmpty()) faults.add("command", "must name a program");
        for (String word : command)
            if (word.indexOf('\0') >= 0) faults.add("command", "must not contain a NUL character");
    }

    private static void check(Optional<String> user, Optional<String> folder, Faults faults) {
        if (user.filter(String::isBlank).isPresent()) faults.add("user", "must not be empty");
        if (folder.filter(it -> !it.startsWith("/") || it.indexOf('\0') >= 0).isPresent())
            faults.add("working_dir", "must be an absolute path");
    }

    /// Any text: unlike names and words, an input may hold NUL characters.
    private static Optional<byte[]> input(Json value, Faults faults) {
        if (value instanceof Json.Str(String text)) return Optional.of(text.getBytes(UTF_8));
        faults.add("stdin", "must be a string, not " + value.kind());
        return Optional.empty();
    }

    private static Optional<TerminalSize> size(Query query, boolean tty, Faults faults) {
        Optional<Integer> rows = read(() -> number(query, "rows"), Optional.empty(), faults);
        Optional<Integer> columns = read(() -> number(query, "cols"), Optional.empty(), faults);
        if (!tty) {
            if (rows.isPresent()) faults.add("rows", "is for terminals");
            if (columns.isPresent()) faults.add("cols", "is for terminals");
            return Optional.empty();
        }
        return Optional.of(new TerminalSize(rows.orElse(USUAL_ROWS), columns.orElse(USUAL_COLUMNS)));
    }

    private static Optional<Integer> number(Query query, String name) {
        return query.one(name).map(text -> {
            if (text.matches("[1-9]\\d{0,4}") && Integer.parseInt(text) <= TerminalSize.MOST)
                return Integer.valueOf(text);
            throw new Failure.Invalid(name, "must be a whole number from 1 to " + TerminalSize.MOST);
        });
    }

    private static <T> T read(Supplier<T> reading, T otherwise, Faults faults) {
        try {
            return reading.get();
        } catch (Failure.Invalid invalid) {
            invalid.faults().forEach(it -> faults.add(it.field(), it.problem()));
            return otherwise;
        }
    }
}
