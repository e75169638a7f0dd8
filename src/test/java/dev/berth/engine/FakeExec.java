package dev.berth.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.berth.model.ContainerId;
import dev.berth.model.ExecSpec;
import dev.berth.model.Failure;
import dev.berth.model.TerminalSize;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// One command: `echo`, `fail` (words to the error output, exit code 3), `cat`, `wc`, `yes` (a flood of two MiB),
/// `env`, `sleep`; anything that begins with `/nosuch` does not exist.
final class FakeExec implements ExecStream {
    private static final int FLOOD = 2 << 20;
    private static final int PIECE = 16 << 10;
    private static final String MARK = "BERTH_EXEC=";

    private final ContainerId container;
    private final ExecSpec spec;
    private final FakeStream<ExecOutput> outputs = new FakeStream<>(() -> {});
    private final ByteArrayOutputStream input = new ByteArrayOutputStream();
    private OptionalInt exitCode = OptionalInt.empty();
    private Optional<TerminalSize> size = Optional.empty();
    private int pid;
    private boolean connected;

    FakeExec(ContainerId container, ExecSpec spec) {
        this.container = container;
        this.spec = spec;
    }

    synchronized void begin(int number) {
        connected = true;
        String program = spec.command().getFirst();
        if (program.startsWith("/nosuch")) {
            say(false, "OCI runtime exec failed: exec: \"" + program + "\": no such file or directory: unknown\r\n");
            end(126);
            return;
        }
        pid = number;
        List<String> words = spec.command().subList(1, spec.command().size());
        switch (program) {
            case "echo" -> finish(false, String.join(" ", words) + "\n", 0);
            case "fail" -> finish(true, String.join(" ", words) + "\n", 3);
            case "env" -> finish(false, String.join("\n", spec.environment()) + "\n", 0);
            case "yes" -> {
                for (int sent = 0; sent < FLOOD; sent += PIECE)
                    outputs.give(new ExecOutput(false, "y\n".repeat(PIECE / 2).getBytes(UTF_8)));
                end(0);
            }
            default -> {
                if (!spec.stdin() && (program.equals("cat") || program.equals("wc"))) end(0);
            }
        }
    }

    private void finish(boolean error, String text, int code) {
        say(error, text);
        end(code);
    }

    private void say(boolean error, String text) {
        outputs.give(new ExecOutput(error, text.getBytes(UTF_8)));
    }

    synchronized void end(int code) {
        if (exitCode.isPresent()) return;
        exitCode = OptionalInt.of(code);
        outputs.end();
    }

    void breakOff() {
        outputs.breakOff(new Failure.EngineDown("the connection to the engine broke", null));
    }

    boolean isIn(ContainerId place) {
        return container.equals(place);
    }

    boolean isSignal() {
        return spec.command().size() == 5 && spec.command().get(3).startsWith(MARK);
    }

    boolean isMeantFor(FakeExec other) {
        return other.container.equals(container)
                && other.spec.environment().stream()
                        .anyMatch(it -> it.startsWith(spec.command().get(3))
                                && !it.startsWith(spec.command().get(4)));
    }

    synchronized ExecState state() {
        return new ExecState(exitCode.isEmpty(), exitCode, pid, spec.user());
    }

    synchronized boolean connected() {
        return connected;
    }

    synchronized void size(TerminalSize wanted) {
        size = Optional.of(wanted);
    }

    synchronized Optional<TerminalSize> size() {
        return size;
    }

    @Override
    public Optional<ExecOutput> next() {
        return outputs.next();
    }

    @Override
    public synchronized void write(byte[] bytes) {
        if (exitCode.isPresent()) throw new Failure.EngineDown("the connection to the engine broke: Broken pipe", null);
        input.writeBytes(bytes);
        if (spec.command().getFirst().equals("cat")) outputs.give(new ExecOutput(false, bytes.clone()));
    }

    @Override
    public synchronized void endInput() {
        if (spec.command().getFirst().equals("wc")) say(false, input.size() + "\n");
        if (!spec.command().getFirst().equals("sleep")) end(0);
    }

    @Override
    public void close() {
        synchronized (this) {
            connected = false;
        }
        outputs.close();
    }
}
