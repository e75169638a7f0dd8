/// What happened, numbered: a bounded ring that readers follow and resume.
@NullMarked
package dev.berth.feed;

import org.jspecify.annotations.NullMarked;
