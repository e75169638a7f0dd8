package dev.berth.images;

import dev.berth.images.registry.RateLimit;
import dev.berth.jobs.Job;
import dev.berth.mirror.Mirror;
import dev.berth.model.Digest;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// The questions and pulls that belong together: what one of them learns of a registry the others heed.
final class Downloads implements AutoCloseable {
    private final Mirror mirror;
    private final Pulls pulls;
    private final Questions questions;
    private final Freshness freshness;
    private final Optional<Job> job;
    private final Map<ImageRef, Joined> joined = new ConcurrentHashMap<>();

    /// @param begun false while the pull queues behind others
    private record Joined(Pulls.Waiter waiter, AtomicBoolean begun) {}

    /// What a registry has, beside what is here.
    enum Answer {
        SAME,
        OTHER,
        UNKNOWN
    }

    /// @param job whose cancelling ends the pulls
    Downloads(Mirror mirror, Pulls pulls, Questions questions, Freshness freshness, Optional<Job> job) {
        this.mirror = mirror;
        this.pulls = pulls;
        this.questions = questions;
        this.freshness = freshness;
        this.job = job;
    }

    /// What the registry calls a reference now; nothing if it does not know it.
    ///
    /// @param heard is told what the registry says of its limits
    /// @throws Failure.Rejected as [EngineImages#remoteDigest], or because of the credentials
    Optional<Digest> latest(ImageRef reference, Consumer<RateLimit> heard) throws InterruptedException {
        Optional<Digest> there = questions.latest(reference, heard);
        freshness.learned(reference, there);
        return there;
    }

    /// The same compared with the image that the reference names here.
    Answer ask(ImageRef reference, Image here, Consumer<RateLimit> heard) throws InterruptedException {
        try {
            Optional<Digest> there = latest(reference, heard);
            if (there.isEmpty()) return Answer.UNKNOWN;
            return Images.hasDigest(here, reference, there.get()) ? Answer.SAME : Answer.OTHER;
        } catch (Failure.Rejected refused) {
            // An engine that cannot ask (Podman; Docker behind a mirror) can still pull, and a pull of what is here
            // moves no layer. If the registry is the trouble, the pull says so.
            boolean mirrored = reference.domain().equals("docker.io");
            if (refused.code().equals("registry-unreachable") && !mirrored) throw refused;
            return Answer.OTHER;
        }
    }

    /// Pulls, once however many do, and returns what the reference names then.
    Image download(ImageRef reference, Pulls.ProgressListener listener) throws InterruptedException {
        questions.await(reference);
        if (isCancelled()) throw new Failure.Cancelled("cancelled before its pull began");
        var begun = new AtomicBoolean();
        try (var waiter = pulls.join(reference, questions.login(reference), (progress, started) -> {
            begun.set(started);
            listener.progress(progress, started);
        })) {
            job.ifPresent(it -> it.onCancel(waiter::close));
            joined.put(reference, new Joined(waiter, begun));
            if (questions.isHeldBack(reference)) leaveAlone(reference.domain());
            waiter.await();
        } catch (Failure.Refused limited) {
            questions.limited(reference);
            leaveAlone(reference.domain());
            throw limited;
        } catch (Failure.Cancelled left) {
            throw isCancelled() || !questions.isHeldBack(reference) ? left : questions.refusal(reference);
        } finally {
            joined.remove(reference);
        }
        return Images.pulled(mirror, freshness, reference);
    }

    private boolean isCancelled() {
        return job.filter(Job::cancelled).isPresent();
    }

    /// Pulls of ours that still stand in line must not ask a registry that answers no more.
    private void leaveAlone(String registry) {
        joined.forEach((reference, one) -> {
            if (reference.domain().equals(registry) && !one.begun().get())
                one.waiter().close();
        });
    }

    @Override
    public void close() {
        questions.close();
    }
}
