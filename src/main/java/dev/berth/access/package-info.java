/// Who may do what: the token, and the right that each route needs.
@NullMarked
package dev.berth.access;

import org.jspecify.annotations.NullMarked;
