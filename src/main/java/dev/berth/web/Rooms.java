package dev.berth.web;

import dev.berth.admission.Admission;
import dev.berth.attachments.Attachments;
import dev.berth.containers.Containers;
import dev.berth.feed.Feed;
import dev.berth.images.Images;
import dev.berth.inside.Details;
import dev.berth.inside.Execs;
import dev.berth.inside.FileCopies;
import dev.berth.inside.Logs;
import dev.berth.jobs.Jobs;
import dev.berth.metrics.Metrics;
import dev.berth.mirror.Mirror;
import dev.berth.stats.Stats;
import dev.berth.updates.Updates;

/// What the routes lead to.
public record Rooms(
        Mirror mirror,
        Stats stats,
        Jobs jobs,
        Images images,
        Admission admission,
        Containers containers,
        Updates updates,
        Feed feed,
        Attachments attachments,
        Metrics metrics,
        FileCopies copies,
        Execs execs,
        Logs logs,
        Details details) {}
