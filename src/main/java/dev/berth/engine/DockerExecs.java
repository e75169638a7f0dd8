package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.engine.wire.Request;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerId;
import dev.berth.model.ExecSpec;
import dev.berth.model.Failure;
import dev.berth.model.TerminalSize;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The exec calls of Docker's API.
final class DockerExecs implements EngineExecs {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    /// The engine lets go of a terminal when it reads these; by default they are Ctrl-P Ctrl-Q, and a shell's Ctrl-P
    /// would wait for the next key.
    private static final String NOBODY_TYPES = "ctrl-^,ctrl-@,ctrl-^,ctrl-@,ctrl-^,ctrl-@";

    private final Conversation conversation;

    DockerExecs(Conversation conversation) {
        this.conversation = conversation;
    }

    @Override
    public ExecId create(ContainerId container, ExecSpec spec) {
        var body = new ObjBuilder()
                .put("AttachStdin", spec.stdin())
                .put("AttachStdout", true)
                .put("AttachStderr", true)
                .put("Tty", spec.tty())
                .put("DetachKeys", NOBODY_TYPES)
                .put("Cmd", spec.command())
                .put("Env", spec.environment());
        spec.user().ifPresent(it -> body.put("User", it));
        spec.workingDir().ifPresent(it -> body.put("WorkingDir", it));
        try {
            Json made = conversation.ask(
                    Request.post("/containers/" + container + "/exec", "prepare a command inside a container")
                            .body(body.build()));
            return Conversation.read("an exec", () -> new ExecId(made.get("Id").textOrEmpty()));
        } catch (Refused refused) {
            if (refused.status() == NOT_FOUND || refused.status() == CONFLICT)
                throw Refusals.state(refused, container, "run a command inside it");
            throw refusal(refused);
        }
    }

    @Override
    public ExecStream start(ExecId id, boolean tty) {
        try {
            return new ExecFrames(
                    conversation.upgrade(Request.post("/exec/" + id + "/start", "start a command inside a container")
                            .body(new ObjBuilder()
                                    .put("Detach", false)
                                    .put("Tty", tty)
                                    .build())),
                    tty);
        } catch (Refused refused) {
            throw refusal(refused);
        }
    }

    @Override
    public void resize(ExecId id, TerminalSize size) {
        try {
            conversation.call(Request.post("/exec/" + id + "/resize", "resize a terminal")
                    .query("h", String.valueOf(size.rows()))
                    .query("w", String.valueOf(size.columns())));
        } catch (Refused refused) {
            throw refusal(refused);
        }
    }

    @Override
    public Optional<ExecState> inspect(ExecId id) {
        try {
            Json json = conversation.ask(Request.get("/exec/" + id + "/json", "look at a command inside a container"));
            OptionalInt exitCode = json.get("ExitCode").isNull()
                    ? OptionalInt.empty()
                    : OptionalInt.of((int) json.get("ExitCode").wholeOr(0));
            String user = json.at("ProcessConfig", "user").textOrEmpty();
            return Optional.of(new ExecState(
                    json.get("Running").isTrue(),
                    exitCode,
                    (int) json.get("Pid").wholeOr(0),
                    user.isEmpty() ? Optional.empty() : Optional.of(user)));
        } catch (Refused refused) {
            if (refused.status() == NOT_FOUND && refused.hasMessage()) return Optional.empty();
            throw Refusals.unexpected(refused, "look at a command inside a container");
        }
    }

    @Override
    public List<ExecId> list(ContainerId container) {
        String doing = "ask for the commands inside a container";
        try {
            Json json = conversation.ask(Request.get("/containers/" + container + "/json", doing));
            return Conversation.read(
                    "an exec",
                    () -> json.get("ExecIDs").texts().stream().map(ExecId::new).toList());
        } catch (Refused refused) {
            if (refused.status() == NOT_FOUND && refused.hasMessage()) return List.of();
            throw Refusals.unexpected(refused, doing);
        }
    }

    private static Failure refusal(Refused refused) {
        String message = refused.message();
        Failure failure = Refusals.stands(message)
                ? new Failure.Conflict("not-running", "the container does not run")
                : new Failure.Rejected("exec-refused", "the engine could not start the command");
        return failure.saidByEngine(message);
    }
}
