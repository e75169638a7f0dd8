package dev.berth.web;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// What all connections share.
///
/// @param threads one for each request that may have to wait
record Office(Router router, EventStreams streams, Executor threads, InstantSource clock, RandomGenerator random) {}
