/// The rules of the house: rooms, page sizes, words.
@NullMarked
package dev.berth.house;

import org.jspecify.annotations.NullMarked;
