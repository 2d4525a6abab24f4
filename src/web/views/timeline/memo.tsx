import { Component, type ComponentType } from 'preact';

/** A view that is only rendered again when one of its props changes. */
export function memo<Props extends object>(View: ComponentType<Props>): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const keys = new Set([...Object.keys(this.props), ...Object.keys(next)]) as Set<keyof Props>;
      return [...keys].some((key) => this.props[key] !== next[key]);
    }

    override render() {
      return <View {...this.props} />;
    }
  };
}
