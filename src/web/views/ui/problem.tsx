import type { ComponentChildren } from 'preact';
import type { Problem } from '../../api/problem.ts';

/** A failure in place of the result, with what to do about it. */
export function ProblemBox({ problem, children }: { problem: Problem; children?: ComponentChildren }) {
  return (
    <div class="problem" role="alert">
      <p class="problem-title">{problem.title}</p>
      <p>{problem.detail}</p>
      {children}
    </div>
  );
}

/** The error for one field, in the element that the field references as its description. */
export function FieldError({ id, text }: { id: string; text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p class="error" id={id} role="alert">
      {text}
    </p>
  );
}
