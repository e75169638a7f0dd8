/// Long work with progress, waiting and cancelling.
@NullMarked
package dev.berth.jobs;

import org.jspecify.annotations.NullMarked;
