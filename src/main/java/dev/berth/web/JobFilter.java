package dev.berth.web;

import dev.berth.jobs.JobState;
import dev.berth.jobs.JobView;
import dev.berth.model.Failure;
import dev.berth.model.Faults;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which jobs somebody wants: every filter that is given must fit.
record JobFilter(Set<String> kinds, Set<JobState> states) implements Predicate<JobView> {
    static final Set<String> PARAMETERS = Set.of("kind", "state");
    private static final Set<JobState> ALL =
            EnumSet.of(JobState.QUEUED, JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED);
    private static final Pattern KIND = Pattern.compile("[a-z]+");

    /// @throws Failure.Invalid naming every value that is none
    static JobFilter of(Query query) {
        var faults = new Faults();
        var kinds = new HashSet<String>();
        for (String kind : query.list("kind"))
            faults.parse("kind", () -> kind(kind)).ifPresent(kinds::add);
        var states = EnumSet.noneOf(JobState.class);
        for (String state : query.list("state"))
            faults.parse("state", () -> state(state)).ifPresent(states::add);
        faults.throwIfAny();
        return new JobFilter(kinds, states.isEmpty() ? ALL : states);
    }

    private static String kind(String word) {
        if (KIND.matcher(word).matches()) return word;
        throw new Failure.Invalid("'" + word + "' is no kind of job");
    }

    private static JobState state(String word) {
        for (JobState state : ALL) if (state.word().equals(word)) return state;
        throw new Failure.Invalid("'" + word + "' is not one of "
                + ALL.stream().map(JobState::word).collect(Collectors.joining(", ")));
    }

    @Override
    public boolean test(JobView job) {
        return (kinds.isEmpty() || kinds.contains(job.kind())) && states.contains(job.state());
    }
}
