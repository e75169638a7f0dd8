package dev.berth.engine;

import dev.berth.model.Failure;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An engine as one server sees it until that server is killed: from a call on, chosen by a test, nothing that it asks
/// for reaches the engine any more, and no answer reaches it. What was under way in the engine is done all the same.
public final class Severable {
    private static final Set<String> WRITES = Set.of(
            "create",
            "start",
            "stop",
            "restart",
            "change",
            "rename",
            "remove",
            "kill",
            "pause",
            "unpause",
            "connect",
            "disconnect");

    private final Engine whole;
    private final AtomicInteger writesLeft = new AtomicInteger(Integer.MAX_VALUE);
    private final AtomicInteger halvesLeft = new AtomicInteger();
    private volatile Runnable funeral = () -> {};
    private volatile Runnable interruption = () -> {};
    private volatile boolean interrupted;
    private final Set<EngineStream<?>> streams = ConcurrentHashMap.newKeySet();

    public Severable(Engine engine) {
        this.whole = engine;
    }

    /// What the server is given.
    public Engine view() {
        return through(Engine.class, whole);
    }

    /// Kills the server at one of its writes: before it is asked for if the number is even, else when it is done and
    /// not yet answered.
    ///
    /// @param halves two for each write that still succeeds
    public void killAfter(int halves) {
        writesLeft.set(halves);
    }

    /// What else dies with the server.
    public void onDeath(Runnable also) {
        funeral = also;
    }

    /// Does something at one of its writes, before it is asked for or when it is done and not yet answered; the
    /// answer of one that is done is lost then, as it is when an engine crashes.
    public void interruptAfter(int halves, Runnable what) {
        interruption = what;
        halvesLeft.set(halves);
    }

    public boolean wasInterrupted() {
        return interrupted;
    }

    public boolean isDead() {
        return writesLeft.get() <= 0;
    }

    /// Kills it now.
    public void kill() {
        writesLeft.set(0);
        funeral.run();
        streams.forEach(EngineStream::close);
    }

    private <T> T through(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (_, method, arguments) -> call(target, method, arguments)));
    }

    private @Nullable Object call(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("close")) return null; // the engine outlives its servers
        boolean write = WRITES.contains(method.getName());
        if (write) interruptIfDue();
        half(write);
        Object answer;
        try {
            answer = method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            half(write);
            throw thrown.getCause();
        }
        if (write && interruptIfDue()) throw new Failure.EngineDown("the answer was lost with the engine", null);
        half(write);
        return wrapped(answer);
    }

    private boolean interruptIfDue() {
        if (halvesLeft.decrementAndGet() != 0) return false;
        interrupted = true;
        interruption.run();
        return true;
    }

    private @Nullable Object wrapped(@Nullable Object answer) {
        return switch (answer) {
            case EngineContainers containers -> through(EngineContainers.class, containers);
            case EngineVerbatim verbatim -> through(EngineVerbatim.class, verbatim);
            case EngineImages images -> through(EngineImages.class, images);
            case EngineStream<?> stream -> {
                streams.add(stream);
                if (isDead()) stream.close();
                yield stream;
            }
            case null, default -> answer;
        };
    }

    private void half(boolean write) {
        if (write && !isDead() && writesLeft.decrementAndGet() == 0) kill();
        if (isDead()) throw new Failure.EngineDown("this server is dead", null);
    }
}
