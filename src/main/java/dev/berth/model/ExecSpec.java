package dev.berth.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A command to be run inside a container that runs.
///
/// @param environment `K=V`, on top of the container's; a bare `K` removes it
/// @param stdin whether it gets an input; else that is empty
/// @param tty whether it gets a terminal, on which its two outputs are one
public record ExecSpec(
        List<String> command,
        List<String> environment,
        Optional<String> user,
        Optional<String> workingDir,
        boolean stdin,
        boolean tty) {
    public ExecSpec {
        if (command.isEmpty()) throw new Failure.Invalid("a command must not be empty");
        command = List.copyOf(command);
        environment = List.copyOf(environment);
    }

    /// The same with one more variable.
    public ExecSpec with(String variable) {
        var more = new ArrayList<>(environment);
        more.add(variable);
        return new ExecSpec(command, more, user, workingDir, stdin, tty);
    }
}
