# What zsh offers behind a command line, one word a line: zsh -f complete.zsh SCRIPT LINE
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT=; autoload -Uz compinit; compinit -u -D; source '${(q)1}
zpty -w shell 'compadd() { local -a found; builtin compadd -O found "$@"; print -rl -- "" $found; builtin compadd "$@" }'
zpty -w shell 'offer() { _main_complete; print -r -- "<end"; exit }; zle -C offer complete-word offer; bindkey "^I" offer'
zpty -w shell 'print "<be""gin"'
zpty -r shell said '*<begin*'
zpty -w -n shell "$2"$'\t'
zpty -r shell said '*<end*'
print -r -- "$said"
